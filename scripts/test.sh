#!/usr/bin/env bash
# Every test and check of AgentHub, from a fresh clone; continuous integration runs the same.
# scripts/test.sh [--quick] [--stage NAME]...  --quick is the stage asan alone. All stages run, also after a failure.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

all_stages=(asan release budget format directions units tidy fuzz e2e)
jobs=$(nproc)

# Each stage runs in a process of its own (--inside), so that a failing command ends it and nothing else.
build_and_ctest() {
    cmake --preset "$1"
    cmake --build --preset "$1" -j "$jobs" -- -k 0 # all faults at once, not one per run
    ctest --preset "$1" -j 2 --no-tests=error
}
stage_asan() { build_and_ctest asan; }
stage_release() { build_and_ctest release; }
stage_budget() { scripts/budget.sh; }
stage_format() { scripts/check_format.sh; }
stage_directions() { scripts/check_directions.sh; }
stage_units() { scripts/check_units.sh; }
stage_tidy() { scripts/check_tidy.sh; }
stage_fuzz() { scripts/fuzz.sh; }
stage_e2e() { scripts/e2e.sh; }

usage() {
    say "usage: scripts/test.sh [--quick] [--stage NAME]...   stages: ${all_stages[*]}"
}

stages=()
while [ $# -gt 0 ]; do
    case $1 in
        --quick) stages+=(asan) ;;
        --stage | --inside)
            [[ " ${all_stages[*]} " == *" ${2:-} "* ]] || { usage >&2 && fail "there is no stage '${2:-}'"; }
            if [ "$1" = --inside ]; then
                "stage_$2"
                exit
            fi
            stages+=("$2")
            shift
            ;;
        -h | --help) usage && exit ;;
        *) usage >&2 && fail "unknown argument '$1'" ;;
    esac
    shift
done
[ ${#stages[@]} -gt 0 ] || stages=("${all_stages[@]}")

# What a reader wants of a failed stage: not the hundreds of lines that say a file was built or a test passed.
failure_of() {
    grep -vE '^/usr/bin/cmake -E env |^ *Start +[0-9]+: |^ *[0-9]+/[0-9]+ Test .* Passed |^\[[0-9]+/[0-9]+\] |^-- ' "$1" | tail -n 150
}
# The lines with which ctest, node and our own checks close.
closing_of() {
    grep -E '^[0-9]+% tests passed|^Total Test time|^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) |^(format|directions|units|tidy|fuzz|budget): ' "$1" || true
}

scripts/setup.sh test
logs=build/test-logs
mkdir -p "$logs"
summary=() failed=0
for stage in "${stages[@]}"; do
    log=$logs/$stage.log
    say "== $stage (its log: $log)"
    started=$SECONDS verdict=passed
    if bash scripts/test.sh --inside "$stage" >"$log" 2>&1 </dev/null; then
        closing_of "$log"
    else
        verdict=FAILED
        failed=$((failed + 1))
        failure_of "$log"
    fi
    summary+=("$(printf '%-12s %-7s %5d s' "$stage" "$verdict" $((SECONDS - started)))")
done

say '' "== summary, $SECONDS s in all"
printf '%s\n' "${summary[@]}"
say "stages: $((${#stages[@]} - failed)) passed, $failed failed"
[ $failed -eq 0 ] || fail "not everything passed" "What failed is above, everything is in $logs/." \
    "Repeat one stage with: scripts/test.sh --stage NAME"
