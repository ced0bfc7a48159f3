// Reads /proc.
// Functions without state.

#include "tests/support/processes.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <sstream>

#include "tests/support/temp_dir.hpp"

namespace agenthub::test {
namespace {

std::filesystem::path proc(pid_t pid, const char* entry) {
    return std::filesystem::path("/proc") / std::to_string(pid) / entry;
}

std::vector<pid_t> all_processes() {
    std::vector<pid_t> pids;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", failed)) {
        const std::string name = entry.path().filename();
        pid_t pid = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (error == std::errc() && end == name.data() + name.size())
            pids.push_back(pid);
    }
    return pids;
}

struct Stat {
    char state = '?';
    pid_t parent = 0;
    std::int64_t faults = 0;  // that took no disk
    std::int64_t ticks = 0;   // user and system
};

// proc(5): fields are counted behind the last ')', as the name may contain anything.
std::optional<Stat> read_stat(pid_t pid) {
    const std::string text = read_file(proc(pid, "stat"));
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos)
        return std::nullopt;
    std::istringstream fields(text.substr(name_end + 1));
    Stat stat;
    fields >> stat.state >> stat.parent;
    const auto skip = [&](int count) {
        std::string skipped;
        while (count-- > 0)
            fields >> skipped;
    };
    skip(5);
    fields >> stat.faults;
    skip(3);
    std::int64_t user = 0;
    std::int64_t system = 0;
    fields >> user >> system;
    stat.ticks = user + system;
    return stat;
}

}  // namespace

std::vector<pid_t> processes_with_mark(const std::string& mark) {
    const std::string wanted = std::string(kMarkVariable) + "=" + mark;
    std::vector<pid_t> pids = all_processes();
    std::erase_if(pids, [&](pid_t pid) {
        const std::string environment = '\0' + read_file(proc(pid, "environ"));
        return environment.find('\0' + wanted + '\0') == std::string::npos;
    });
    return pids;
}

std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> pids = all_processes();
    std::erase_if(pids, [&](pid_t pid) {
        const auto stat = read_stat(pid);
        return !stat || stat->parent != parent;
    });
    return pids;
}

std::vector<pid_t> zombie_children_of(pid_t parent) {
    std::vector<pid_t> pids = children_of(parent);
    std::erase_if(pids, [](pid_t pid) {
        const auto stat = read_stat(pid);
        return !stat || stat->state != 'Z';
    });
    return pids;
}

bool is_alive(pid_t pid) {
    const auto stat = read_stat(pid);
    return stat && stat->state != 'Z' && stat->state != 'X';
}

std::int64_t fd_count(pid_t pid) {
    std::error_code failed;
    const std::filesystem::directory_iterator entries(proc(pid, "fd"), failed);
    return failed ? -1 : std::distance(begin(entries), end(entries));
}

std::int64_t rss_kib(pid_t pid) {
    const std::string status = read_file(proc(pid, "status"));
    const std::size_t at = status.find("VmRSS:");
    return at == std::string::npos ? -1 : std::stoll(status.substr(at + 6));
}

std::int64_t cpu_us(pid_t pid) {
    const auto stat = read_stat(pid);
    return stat ? stat->ticks * (1'000'000 / ::sysconf(_SC_CLK_TCK)) : -1;
}

std::int64_t page_faults(pid_t pid) {
    const auto stat = read_stat(pid);
    return stat ? stat->faults : -1;
}

std::string command_of(pid_t pid) {
    std::string command = read_file(proc(pid, "cmdline"));
    std::replace(command.begin(), command.end(), '\0', ' ');
    return command;
}

std::string describe_process(pid_t pid) {
    return std::to_string(pid) + " " + command_of(pid);
}

}  // namespace agenthub::test
