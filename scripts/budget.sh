#!/usr/bin/env bash
# Instructions that the daemon's loop executes per call, counted by callgrind, against the budget in bench/budget.txt: a
# change that makes calls dearer fails here and names the scenario. No clock is involved, so a busy machine changes next
# to nothing; the thread that writes the activity is left out, since how many rows it commits at once is a matter of time.
# scripts/budget.sh [--write]     --write takes the present counts over as what was reached; called by test.sh

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

# Other processors have other code in libc and simdjson.
if ! grep -qw avx2 /proc/cpuinfo; then
    say "budget: not checked, this processor has no AVX2"
    exit 0
fi
export SIMDJSON_FORCE_IMPLEMENTATION=haswell

build=build/release
cmake --preset release >/dev/null
ninja -C "$build" agenthub bench-echo-server >/dev/null || fail "AgentHub could not be built" "ninja's words are above."
command -v callgrind_control >/dev/null || fail "'callgrind_control' was not found" "It comes with valgrind." \
    "Run: scripts/setup.sh test"

dir=$(mktemp -d)
daemon=
finish() {
    [ -z "$daemon" ] || kill -KILL "$daemon" 2>/dev/null || true
    rm -rf "$dir"
}
trap finish EXIT
cat >"$dir/agenthub.json" <<EOF
{ "mcpServers": { "echo": { "command": "$root/$build/bench/bench-echo-server", "call_timeout": 600 } } }
EOF
valgrind --tool=callgrind --separate-threads=yes --callgrind-out-file="$dir/calls" --log-file="$dir/valgrind" \
    "$build/agenthubd" --config "$dir/agenthub.json" --state-dir "$dir/state" --listen 127.0.0.1:0 2>"$dir/stderr" &
daemon=$!
url=
for _ in $(seq 600); do
    url=$(sed -n 's|.*listening on \(http://127\.0\.0\.1:[0-9]*\).*|\1|p' "$dir/stderr" | head -n 1)
    [ -z "$url" ] && kill -0 "$daemon" 2>/dev/null || break
    sleep 0.1
done
[ -n "$url" ] || fail "the daemon did not start under valgrind" "$(tail -n 5 "$dir/stderr")"

# count NAME CALLS [option of agenthub bench]...: prints the instructions per call.
count() {
    local name=$1 calls=$2
    shift 2
    load() { "$build/agenthub" bench --url "$url/mcp/echo" --sessions 1 --timeout 300 "$@" >"$dir/load" || fail "$name: $(cat "$dir/load")"; }
    load --calls 100 "$@" # memory and caches are as they stay
    callgrind_control --zero "$daemon" >/dev/null 2>&1
    load --calls "$calls" "$@"
    rm -f "$dir"/calls*
    callgrind_control --dump "$daemon" >/dev/null 2>&1
    for _ in $(seq 100); do
        grep -qs '^totals:' "$dir"/calls.*-01 && break
        sleep 0.1
    done
    awk -v calls="$calls" '/^totals:/ { printf "%d\n", $2 / calls }' "$dir"/calls.*-01
}

measured=$(
    printf 'small_echo %s\n' "$(count small_echo 2000)"
    printf 'argument_256k %s\n' "$(count argument_256k 100 --payload 262144)"
    printf 'sse_progress %s\n' "$(count sse_progress 1000 --sse)"
)
if [ "${1:-}" = --write ]; then
    printf '%s\n' "# Instructions per call, as counted by scripts/budget.sh --write; at most 3 % more are allowed." "$measured" \
        >bench/budget.txt
fi
over=0
while read -r name count; do
    reached=$(awk -v name="$name" '$1 == name { print $2 }' bench/budget.txt)
    percent=$(awk -v a="$count" -v b="$reached" 'BEGIN { printf "%+.1f", (a / b - 1) * 100 }')
    say "budget: $name: $count instructions per call, $percent % of what was reached ($reached)"
    if [ "$count" -gt $((reached * 103 / 100)) ]; then
        over=$((over + 1))
        say "budget: $name is over its budget" >&2
    fi
done <<<"$measured"
[ $over -eq 0 ] || fail "$over of 3 scenarios cost more than 3 % above what was reached" \
    "bench/budget.txt has what was reached." "Find what became dearer (docs/performance.md says how), or say why in a commit that changes it."
