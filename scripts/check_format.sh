#!/usr/bin/env bash
# Checks that every C++ file is formatted as .clang-format says; `scripts/check_format.sh --fix` formats them instead.
# Called by test.sh.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

case ${1:-} in
    '') mode=(--dry-run -Werror) ;;
    --fix) mode=(-i) ;;
    *) fail "unknown argument '$1'" "It is nothing, or --fix." ;;
esac
command -v clang-format-19 >/dev/null ||
    fail "'clang-format-19' was not found" "Other versions format differently." "Run: scripts/setup.sh test"

mapfile -t files < <(project_files '*.cpp' '*.hpp')
[ ${#files[@]} -gt 0 ] || fail "no C++ file was found" "git lists none in $root." "Run it from a clone."
printf '%s\0' "${files[@]}" | xargs -0 -P"$(nproc)" -n 16 clang-format-19 "${mode[@]}" ||
    fail "some files are not formatted" "They are named above." "Run: scripts/check_format.sh --fix"
say "format: ${#files[@]} files are well formatted"
