# Shared by the scripts: where the tree is, how they speak, which packages they need.
# Sourced by every script here, never run by itself.

set -euo pipefail
# Every Debian has this locale, also the smallest; it makes sorting and messages the same everywhere.
export LC_ALL=C.UTF-8

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# To build and run AgentHub.
build_packages=(
    g++ cmake ninja-build ccache
    libboost1.81-dev libssl-dev zlib1g-dev libbrotli-dev
    libsimdjson-dev nlohmann-json3-dev libspdlog-dev libcli11-dev libcpp-httplib-dev
    libsqlitecpp-dev libsqlite3-dev prometheus-cpp-dev libgtest-dev libbenchmark-dev
)
# To run every test and check as well. Node and npm are wanted by setup.sh only where no other Node is.
test_packages=(git curl ca-certificates clang-19 libclang-rt-19-dev clang-format-19 clang-tidy-19 systemd
               libsecret-tools gnome-keyring dbus valgrind)

say() { printf '%s\n' "$*"; }

# fail WHAT [WHY] [WHAT TO DO]: says it, one line each, and ends the script with exit code 1.
fail() {
    printf 'error: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '       %s\n' "$@" >&2
    exit 1
}

# The names of the packages among "$@" that are not installed, in one query.
missing_packages() {
    local installed
    # dpkg-query fails when it does not know one of the names; that one is simply missing.
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    local package
    for package in "$@"; do
        grep -qx "$package installed" <<<"$installed" || printf '%s\n' "$package"
    done
}

# The files that belong to the project, relative to its root: what git knows or would add, or all outside of build
# folders where the tree came without git. Arguments are patterns such as '*.cpp'.
project_files() {
    cd "$root"
    [ $# -gt 0 ] || set -- '*'
    # In a tree owned by someone else (a container's root, say) git refuses to read without safe.directory.
    if git -c safe.directory='*' rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git -c safe.directory='*' ls-files --cached --others --exclude-standard --deduplicate -- "$@"
    else
        local pattern names=()
        for pattern in "$@"; do names+=(-o -path "./${pattern}" -o -name "$pattern"); done
        find . \( -name build -o -name node_modules -o -name .git \) -prune -o -type f \
            \( "${names[@]:1}" \) -print | sed 's#^\./##'
    fi | while IFS= read -r file; do [ ! -e "$file" ] || printf '%s\n' "$file"; done | sort
}
