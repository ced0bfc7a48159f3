#!/usr/bin/env bash
# Builds the libFuzzer targets of tests/fuzz and runs each for FUZZ_SECONDS (60), starting from its kept corpus.
# scripts/fuzz.sh [NAME]...; called by test.sh. A finding is left in build/test-logs/ as NAME-crash-DIGEST.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

mapfile -t targets < <(project_files 'tests/fuzz/*_fuzz.cpp' | sed 's#.*/\(.*\)[.]cpp$#\1#')
[ $# -eq 0 ] || targets=("$@")
[ ${#targets[@]} -gt 0 ] || fail "there is no fuzz target" "tests/fuzz/ holds no NAME_fuzz.cpp." "Is this a complete clone?"

cmake --preset fuzz
cmake --build --preset fuzz -j "$(nproc)" --target "${targets[@]}"

logs=build/test-logs
mkdir -p "$logs"
# New inputs go to a folder of the build, so that a run leaves the tree as it was; CONTRIBUTING.md tells how to keep them.
run_one() {
    local name=$1 kept=tests/fuzz/corpus/${1%_fuzz} found=build/fuzz/corpus/${1%_fuzz}
    local -a corpora=("$found")
    mkdir -p "$found"
    [ ! -d "$kept" ] || corpora+=("$kept")
    if ! "build/fuzz/tests/fuzz/$name" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="build/test-logs/$name-" "${corpora[@]}" >"build/test-logs/$name.log" 2>&1; then
        tail -n 60 "build/test-logs/$name.log"
        return 1
    fi
    printf 'fuzz: %s: %s\n' "$name" "$(grep '^Done ' "build/test-logs/$name.log")"
}
export -f run_one
printf '%s\0' "${targets[@]}" | xargs -0 -P"$(nproc)" -n1 bash -c 'run_one "$0"' ||
    fail "fuzzing found an input that breaks a promise" "The report is above, the input in $logs/." \
        "Repeat it with: build/fuzz/tests/fuzz/NAME_fuzz FILE; when repaired, keep FILE in tests/fuzz/corpus/NAME/."
