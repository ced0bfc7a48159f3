#!/usr/bin/env bash
# Measures a release build of AgentHub in front of bench-echo-server: calls per second, latency, CPU time per call, and
# memory when idle and under load; checks every answer. Exits 1 on any wrong one.
# Usage: bench/run.sh [options of agenthub bench]     (default: --sessions 64 --calls 1000000)
# ACTIVITY_MODE=strict has each reply wait for its record.
# BUILD names another build directory; an existing one is brought up to date first.
set -euo pipefail
cd "$(dirname "$0")/.."
build="${BUILD:-build/release}"

[ -f "$build/build.ninja" ] || cmake --preset release -B "$build" >/dev/null
echo "building $build"
ninja -C "$build" agenthub bench-echo-server >/dev/null

dir="$(mktemp -d)"
daemon=
finish() {
    [ -z "$daemon" ] || kill -KILL "$daemon" 2>/dev/null || true
    rm -rf "$dir"
}
trap finish EXIT

cat >"$dir/agenthub.json" <<EOF
{ "mcpServers": { "echo": { "command": "$(realpath "$build/bench/bench-echo-server")" } },
  "activity": { "mode": "${ACTIVITY_MODE:-relaxed}" } }
EOF
"$build/agenthub" serve --config "$dir/agenthub.json" --state-dir "$dir/state" --listen 127.0.0.1:0 \
    >"$dir/stdout" 2>"$dir/stderr" &
daemon=$!

url=
for _ in $(seq 200); do
    url="$(sed -n 's|.*listening on \(http://127\.0\.0\.1:[0-9]*\).*|\1|p' "$dir/stderr" | head -n 1)"
    [ -z "$url" ] && kill -0 "$daemon" 2>/dev/null || break
    sleep 0.05
done
if [ -z "$url" ]; then
    echo "the daemon did not start; its log:" >&2
    cat "$dir/stderr" >&2
    exit 1
fi

load() { "$build/agenthub" bench --url "$url/mcp/echo" --pid "$daemon" "$@"; }

# The first call starts the server; what the daemon then holds is its idle size.
load --sessions 1 --calls 1 >/dev/null
awk '/^VmRSS:/ { printf "idle RSS       %10.2f MiB, after the first call\n", $2 / 1024 }' "/proc/$daemon/status"

wrong=0
load --sessions 64 --calls 1000000 "$@" || wrong=$?

kill -TERM "$daemon"
stopped=0
wait "$daemon" || stopped=$?
daemon=
[ "$stopped" -eq 0 ] || { echo "the daemon ended with $stopped; its log:" >&2; tail -n 20 "$dir/stderr" >&2; exit 1; }
exit "$wrong"
