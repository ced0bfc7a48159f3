#!/usr/bin/env bash
# From a fresh clone to a running AgentHub: installs what is missing, builds release, starts the daemon.
# scripts/run.sh [arguments of `agenthub serve`]; without --config it uses config/agenthub.json.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

scripts/setup.sh build

mkdir -p build
say "run: building release (the first time takes minutes, later seconds)"
if ! cmake --preset release >build/configure.log 2>&1; then
    tail -n 25 build/configure.log >&2
    fail "CMake could not configure the build" "Its last lines are above, all of them in build/configure.log." \
        "If one names a missing library, run scripts/setup.sh; if the tree was moved, delete build/release."
fi
# The target agenthub brings the daemon and the guard along, but no tests and no benchmarks.
cmake --build --preset release --target agenthub ||
    fail "the build failed" "The compiler's words are above." "Delete build/release and repeat to build from nothing."

arguments=("$@")
config='' listen=''
for ((i = 0; i < $#; ++i)); do
    case ${arguments[i]} in
        --config) config=${arguments[i + 1]:-} ;;
        --config=*) config=${arguments[i]#*=} ;;
        --listen) listen=${arguments[i + 1]:-} ;;
        --listen=*) listen=${arguments[i]#*=} ;;
    esac
done
if [ -z "$config" ]; then
    config=config/agenthub.json
    arguments=(--config "$config" "${arguments[@]}")
fi
if [ -z "$listen" ]; then
    listen=$(sed -n 's/^[[:space:]]*"listen"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' "$config" 2>/dev/null | head -n 1)
fi
say "run: starting AgentHub on http://${listen:-${HOST:-127.0.0.1}:${PORT:-9090}} with $config; Ctrl-C stops it"
exec build/release/agenthub serve "${arguments[@]}"
