#!/usr/bin/env bash
# Checks the systemd units: what systemd-analyze verify says of them, and that the exposure of the system's service stays
# within its limit. Called by test.sh. Needs no running systemd.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

most_exposure=1.5

if ! command -v systemd-analyze >/dev/null; then
    say "units: not checked, systemd-analyze was not found (Debian package systemd)"
    exit 0
fi

# The program need not be installed for the check, but it must exist: another one takes its place.
units=$(mktemp -d)
trap 'rm -rf "$units"' EXIT
export XDG_RUNTIME_DIR=$units
mkdir "$units/user"
for unit in agenthub.service agenthub.socket user/agenthub.service; do
    sed 's#^ExecStart=/usr/local/bin/agenthub #ExecStart=/bin/true #' "systemd/$unit" >"$units/$unit"
done

# verify WORDS: fails on every complaint about our units; systemd also speaks of those of this machine that they need.
verify() {
    local said status=0
    said=$(systemd-analyze "$@" 2>&1) || status=$?
    said=$(grep -F agenthub <<<"$said" || { [ $status -eq 0 ] || printf '%s\n' "$said"; })
    [ -z "$said" ] || fail "a unit is faulty" "$said" "Correct it in systemd/."
}
verify verify --man=no "$units/agenthub.service" "$units/agenthub.socket"
verify --user verify --man=no "$units/user/agenthub.service"

said=$(systemd-analyze security --offline=true --no-pager "$units/agenthub.service")
exposure=$(sed -n 's/.*Overall exposure level for agenthub.service: \([0-9.]*\).*/\1/p' <<<"$said")
[ -n "$exposure" ] || fail "systemd-analyze told no exposure" "$(tail -n 3 <<<"$said")"
awk -v is="$exposure" -v most="$most_exposure" 'BEGIN { exit !(is <= most) }' || fail \
    "the exposure of systemd/agenthub.service is $exposure; allowed: $most_exposure" "$(grep '✗' <<<"$said")" \
    "Shut what has been opened, or say in the unit why it must be open."
say "units: three are sound; exposure $exposure of at most $most_exposure"
