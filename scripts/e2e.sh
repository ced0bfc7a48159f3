#!/usr/bin/env bash
# End-to-end tests: real MCP clients and servers around the real daemon, build/release/agenthub or $AGENTHUB_BIN.
# scripts/e2e.sh [FILE or argument of `node --test`]...; called by test.sh.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

if [ -z "${AGENTHUB_BIN:-}" ] && [ "${AGENTHUB_E2E_DIRECT:-}" != 1 ]; then
    # Nothing to do when test.sh has just built it; otherwise the tests would judge an old daemon.
    cmake --preset release >/dev/null && cmake --build --preset release --target agenthub ||
        fail "the daemon could not be built" "The words of CMake and the compiler are above." "Repair it, and repeat."
fi
export AGENTHUB_BIN=${AGENTHUB_BIN:-$root/build/release/agenthub}
[ -x "$AGENTHUB_BIN" ] || [ "${AGENTHUB_E2E_DIRECT:-}" = 1 ] ||
    fail "there is no program $AGENTHUB_BIN" "AGENTHUB_BIN names it." "Correct or unset AGENTHUB_BIN, and repeat."
command -v npm >/dev/null || fail "'npm' was not found" "It brings the MCP clients and servers." "Run: scripts/setup.sh test"

# npm ci only when the lock file is another than the one that was installed.
stamp=tests/e2e/node_modules/.agenthub-lock
if ! cmp -s tests/e2e/package-lock.json "$stamp"; then
    say "e2e: installing the MCP clients and servers named in tests/e2e/package-lock.json"
    rm -f "$stamp"
    (cd tests/e2e && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
        fail "npm could not install the packages of tests/e2e" "Its words are above." "With a network, repeat."
    cp tests/e2e/package-lock.json "$stamp"
fi

# The Node found, where it is new enough; else the one that npm brought for this kind of processor.
node=''
for candidate in "$(command -v node || true)" tests/e2e/node_modules/node-linux-*/bin/node; do
    [ -x "$candidate" ] || continue
    major=$("$candidate" -p 'process.versions.node.split(".")[0]' 2>/dev/null) || continue
    if [ "$major" -ge 22 ]; then
        node=$(realpath "$candidate")
        break
    fi
done
[ -n "$node" ] || fail "there is no Node 22 or newer" "None is in PATH, and npm has none for $(uname -m)." \
    "Install one, put it first in PATH, and repeat."
# The servers that the daemon starts are Node programs too.
PATH=$(dirname "$node"):$PATH
export PATH

tests=("$@")
[ ${#tests[@]} -gt 0 ] || tests=(tests/e2e/*.test.mjs)
[ "${AGENTHUB_E2E_DIRECT:-}" != 1 ] || AGENTHUB_BIN="the servers themselves"
say "e2e: $AGENTHUB_BIN with Node $("$node" --version)"
exec "$node" --test --test-concurrency="${E2E_CONCURRENCY:-2}" --test-timeout="${E2E_TIMEOUT_MS:-120000}" \
    --test-force-exit --test-reporter=spec "${tests[@]}"
