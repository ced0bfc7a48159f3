#!/usr/bin/env bash
# Installs the Debian packages that are missing: scripts/setup.sh [build|test]. Asks for root only when one is.
# Called by run.sh (build) and test.sh (test).

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

level=${1:-build}
case $level in
    build) wanted=("${build_packages[@]}") purpose="to build AgentHub" ;;
    test) wanted=("${build_packages[@]}" "${test_packages[@]}") purpose="to build and test AgentHub" ;;
    *) fail "unknown set-up level '$level'" "It is 'build' (the default) or 'test'." ;;
esac
if [ "$level" = test ] && ! { command -v node && command -v npm; } >/dev/null; then
    # Debian's Node 18 is too old for some tests; it only runs npm, which brings a newer one from tests/e2e.
    wanted+=(nodejs npm)
fi

codename=$(. /etc/os-release 2>/dev/null && printf '%s' "${VERSION_CODENAME:-}") || true
if [ "$codename" != bookworm ] || ! { command -v dpkg-query && command -v apt-get; } >/dev/null; then
    say "setup: this is not Debian 12, so nothing is installed. AgentHub needs there what these packages hold in Debian 12:"
    say "       ${wanted[*]}"
    for tool in g++ cmake ninja; do
        command -v "$tool" >/dev/null || fail "'$tool' was not found" \
            "It is one of the tools that building AgentHub needs." "Install it and the libraries named above, then repeat."
    done
    exit 0
fi

mapfile -t missing < <(missing_packages "${wanted[@]}")
[ ${#missing[@]} -gt 0 ] || exit 0

say "setup: installing ${#missing[@]} Debian packages $purpose:"
say "       ${missing[*]}"
install=(apt-get install -y -q --no-install-recommends "${missing[@]}")
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "these packages cannot be installed" \
        "That needs root, this is user $(id -un), and there is no sudo." "As root, run: ${install[*]}"
    say "setup: this needs root; sudo may ask for your password"
    as_root=(sudo)
fi

mkdir -p "$root/build"
log=$root/build/setup.log
say "setup: a few minutes the first time; apt's own words go to build/setup.log"
run_apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@" -o DPkg::Lock::Timeout=300 \
        </dev/null >>"$log" 2>&1
}
: >"$log"
# A broken third-party source must not stop us: what counts is whether the packages can be installed.
run_apt apt-get update -q || say "setup: 'apt-get update' failed; trying with the package lists that are there"
if ! run_apt "${install[@]}"; then
    tail -n 15 "$log" >&2
    fail "the packages could not be installed" "apt's last lines are above, all of them in build/setup.log." \
        "Repair what they name, or run it by hand: ${as_root[*]:+sudo }${install[*]}"
fi
say "setup: installed"
