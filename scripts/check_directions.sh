#!/usr/bin/env bash
# Checks the house rules a compiler does not: include directions, where each library may stand, file lengths, words.
# Called by test.sh; the rules' reasons are in CONTRIBUTING.md. Each violation is printed as file:line: rule.

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

mapfile -t sources < <(project_files '*.cpp' '*.hpp')
[ ${#sources[@]} -gt 0 ] || fail "no C++ file was found" "git lists none in $root." "Run it from a clone."
mapfile -t texts < <(project_files)

source_rules=$(
    cat <<'AWK'
function violation(line, rule) {
    printf "%s:%d: %s\n", FILENAME, line, rule
    ++violations
}

BEGIN {
    # Folder of src/ -> what it may include: folders, or single headers of a folder.
    may["base"] = "base"
    may["mcp"] = "mcp base"
    may["config"] = "config base guard/protocol.hpp"
    may["clients"] = "clients config base"
    may["activity"] = "activity base"
    may["audit"] = "audit base"
    may["bridge"] = "bridge mcp config base"
    may["enhance"] = "enhance bridge/model_backend.hpp mcp config base"
    may["stdio"] = "stdio mcp config base bridge/http_client.hpp bridge/http_message.hpp bridge/http_url.hpp bridge/line_framer.hpp"
    may["supervisor"] = "supervisor bridge mcp config base activity/log.hpp activity/record.hpp guard/protocol.hpp guard/children.hpp guard/cgroup.hpp"
    may["hooks"] = "hooks supervisor/child_process.hpp supervisor/guard_reaper.hpp supervisor/place_queue.hpp enhance bridge mcp config base"
    may["pipeline"] = "pipeline mcp config base"
    may["gateway"] = "gateway hooks pipeline supervisor enhance bridge mcp clients config audit activity base"
    may["load"] = "load base/error.hpp"
    may["cli"] = "cli load audit clients config base"
    may["guard"] = "guard"
    # Library -> the only places of it, as a pattern of paths; the sentence is what a violation says.
    only["<SQLiteCpp/|<sqlite3[.]h"] = "^src/activity/|^src/audit/|^src/enhance/prompt_store[.]|^tests/|^bench/"
    says["<SQLiteCpp/|<sqlite3[.]h"] = "SQLite stands in src/activity, src/audit and in src/enhance/prompt_store only"
    only["<boost/beast"] = "^src/gateway/|^src/bridge/[a-z_]*http[a-z_]*[.]|^src/base/(boost_impl[.]cpp|pch[.]hpp)$|^tests/|^bench/"
    says["<boost/beast"] = "Beast stands in src/gateway and in the outbound HTTP client of src/bridge only"
    only["<boost/process"] = "^tests/"
    says["<boost/process"] = "Boost.Process 1.81 blocks the loop in waitpid after a spurious wake-up: use supervisor/guard_reaper.hpp"
    only["<httplib[.]h>"] = "^src/cli/|^tests/|^bench/"
    says["<httplib[.]h>"] = "cpp-httplib blocks: it stands in src/cli, tests and bench only"
    only["<CLI/"] = "^src/cli/|^src/load/options[.]cpp$|^src/cli_main[.]cpp$|^tests/load/"
    says["<CLI/"] = "CLI11 stands in src/cli, src/load/options.cpp and src/cli_main.cpp only"
}

function end_of_file() {
    if (file == "")
        return
    limit = file ~ /[.]hpp$/ ? 120 : 250
    if (lines > limit && !excused)
        printf "%s:%d: longer than %d lines; split it, or state `// Longer than the house rule: <reason>`\n",
               file, lines, limit
    violations += lines > limit && !excused
}

FNR == 1 {
    end_of_file()
    file = FILENAME
    excused = 0
    split(FILENAME, path, "/")
    folder = path[1] == "src" && path[3] != "" ? path[2] : ""
    if (path[1] == "src" && folder != "" && !(folder in may))
        violation(1, "folder src/" folder " is not in the table of directions in scripts/check_directions.sh")
}
{ lines = FNR }

(FNR == 1 && FILENAME ~ /^src/ || FNR == 2 && folder != "") && !/^\/\// { violation(FNR, "the first two lines say what the file is and who owns it") }
/^\/\/ Longer than the house rule: ./ { excused = 1 }
/TODO|FIXME/ { violation(FNR, "no TODO: do it, or file an issue") }

{
    code = $0
    sub(/\/\/.*/, "", code)
}

code ~ /^[ \t]*#[ \t]*include/ {
    name = code
    if (match(name, /"[^"]*"/)) {
        name = substr(name, RSTART + 1, RLENGTH - 2)
        depth = split(name, part, "/")
        # The few files directly in src/ stand above all folders, and only they may include each other.
        if ((depth < 2 && FILENAME !~ /^src\/[^\/]*$/) || part[1] == "." || part[1] == "..")
            violation(FNR, "include \"" name "\" by its path below src/ or the root, as \"folder/file.hpp\"")
        else if (folder != "" && (folder in may) && !allowed(name, part[1]))
            violation(FNR, "src/" folder " may not include \"" name "\"; it may include " may[folder])
    }
    for (library in only)
        if (code ~ library && FILENAME !~ only[library])
            violation(FNR, says[library])
}

function allowed(name, top, count, i, entry) {
    count = split(may[folder], entry, " ")
    for (i = 1; i <= count; ++i)
        if (entry[i] == top || entry[i] == name)
            return 1
    return 0
}

code ~ /(^|[^a-z_])co_spawn[ (]/ && FILENAME ~ /^src\// && FILENAME != "src/base/task_group.cpp" {
    violation(FNR, "co_spawn stands in src/base/task_group.cpp only: spawn into a TaskGroup")
}
code ~ /asio::detached|asio\/detached[.]hpp/ {
    violation(FNR, "no detached coroutine: a TaskGroup knows its tasks")
}

END {
    end_of_file()
    exit violations > 0
}
AWK
)

# The patterns do not match themselves. A path of one person's machine helps nobody else, and a lock file that names
# a registry's host does not work behind another one.
foreign_words='[.][.]/share[d]|/wor[k]/|[.]librar[y]|registry[.]npmj[s]|deb[.]debia[n][.]org'

status=0
awk "$source_rules" "${sources[@]}" || status=1
if grep -nIE "$foreign_words" "${texts[@]}" |
    sed 's/^\([^:]*:[0-9]*\):.*/\1: a path or host of one machine does not belong into the project/' | grep .; then
    status=1
fi
[ $status -eq 0 ] || fail "house rules are broken" "Each line above names a file, a line and a rule." "CONTRIBUTING.md says why."
say "directions: ${#sources[@]} sources and ${#texts[@]} files in all keep the house rules"
