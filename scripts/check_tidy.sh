#!/usr/bin/env bash
# Runs clang-tidy over src/ with the checks of .clang-tidy; `scripts/check_tidy.sh FILE...` over some files only.
# Called by test.sh. A file that was clean before, with the same headers and checks, is not looked at again.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

command -v clang-tidy-19 >/dev/null ||
    fail "'clang-tidy-19' was not found" "The checks are those of version 19." "Run: scripts/setup.sh test"

# The fuzz preset compiles with Clang and without a precompiled header, so clang-tidy understands its commands.
# Configuring it is enough, nothing is built.
mkdir -p build/test-logs
cmake --preset fuzz >build/test-logs/tidy-configure.log 2>&1 || {
    tail -n 25 build/test-logs/tidy-configure.log >&2
    fail "CMake could not configure the preset 'fuzz'" "Its last lines are above." "Run: scripts/setup.sh test"
}
database=build/fuzz/compile_commands.json

# boost_impl.cpp holds nothing but Boost's own sources.
if [ $# -gt 0 ]; then
    files=("$@")
else
    mapfile -t files < <(project_files 'src/*.cpp' | grep -v '^src/base/boost_impl[.]cpp$')
fi
for file in "${files[@]}"; do
    grep -qF "\"$root/$file\"" "$database" || fail "$file is not compiled by any target" \
        "Sources are listed by hand in each folder's CMakeLists.txt." "Add it there, or delete it."
done

cache=${XDG_CACHE_HOME:-$HOME/.cache}/agenthub/tidy
mkdir -p "$cache"

# What every verdict depends on, besides the file and the headers of ours that it includes.
setting=$({
    clang-tidy-19 --version
    dpkg-query -W "${build_packages[@]}" 2>/dev/null || true
    cat .clang-tidy cmake/*.cmake CMakePresets.json
} | sha256sum)

# For each source one line: itself and, transitively, the project's own headers that it includes.
closures() {
    project_files 'src/*.cpp' 'src/*.hpp' | xargs awk '
        /^#include "/ { split($0, quoted, "\""); direct[FILENAME] = direct[FILENAME] " src/" quoted[2] }
        function visit(name, list, count, i) {
            if (name in seen)
                return
            seen[name] = 1
            closure = closure " " name
            count = split(direct[name], list, " ")
            for (i = 1; i <= count; ++i)
                visit(list[i])
        }
        END {
            for (name in direct)
                if (name ~ /[.]cpp$/) {
                    split("", seen)
                    closure = ""
                    visit(name)
                    print name closure
                }
        }'
}
closures >build/test-logs/tidy-closures

key_of() {
    local depends
    depends=$(awk -v file="$1" '$1 == file { for (i = 2; i <= NF; ++i) print $i }' build/test-logs/tidy-closures)
    # A header that is not there fails below, in clang-tidy, with a better message.
    { echo "$setting" "$1" && sha256sum "$1" $depends 2>/dev/null || true; } | sha256sum | cut -d' ' -f1
}

todo=() keys=()
for file in "${files[@]}"; do
    key=$(key_of "$file")
    if [ -e "$cache/$key" ]; then
        touch "$cache/$key"
    else
        todo+=("$file")
        keys+=("$cache/$key")
    fi
done
say "tidy: ${#files[@]} files, ${#todo[@]} of them new or changed"

check_one() {
    local words
    if words=$(clang-tidy-19 -p build/fuzz --quiet "$1" 2>/dev/null); then
        : >"$2"
    else
        printf '%s\n' "${words:-$1: clang-tidy failed and said nothing; run: clang-tidy-19 -p build/fuzz $1}"
        return 1
    fi
}
export -f check_one
for i in "${!todo[@]}"; do printf '%s\0%s\0' "${todo[i]}" "${keys[i]}"; done |
    xargs -0 -r -P"$(nproc)" -n2 bash -c 'check_one "$0" "$1"' ||
    fail "clang-tidy has something to say" "Each finding is above, with the name of its check in brackets." \
        "Repair it, or write // NOLINT(check): reason where the code is right."
# Verdicts nobody asked about for a month are of code long gone.
find "$cache" -type f -mtime +30 -delete
say "tidy: clean"
