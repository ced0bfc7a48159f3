// Reading /proc/PID/stat and the lists of children.
// No state of its own.

#include "supervisor/process_usage.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <vector>

#include "base/unique_fd.hpp"

namespace agenthub {
namespace {

// Where the fields stand, counted from the state, which follows the name (proc(5) calls that one field 3).
constexpr std::size_t kParent = 1;
constexpr std::size_t kUserTime = 11;  // then system time, and both again of children that were waited for
constexpr std::size_t kThreads = 17;
constexpr std::size_t kRss = 21;
constexpr std::size_t kFields = 22;

using Directory = std::unique_ptr<DIR, decltype([](DIR* directory) { ::closedir(directory); })>;

// Numbers separated by blanks, negative ones as 0.
std::vector<std::uint64_t> numbers_in(std::string_view text, std::size_t most) {
    std::vector<std::uint64_t> numbers;
    while (!text.empty() && numbers.size() < most) {
        const std::string_view word = text.substr(0, text.find_first_of(" \n"));
        std::uint64_t number = 0;
        std::from_chars(word.data(), word.data() + word.size(), number);
        if (!word.empty())
            numbers.push_back(number);
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    return numbers;
}

std::vector<std::string> entries_of(const std::string& path) {
    std::vector<std::string> names;
    const Directory directory(::opendir(path.c_str()));
    while (const dirent* entry = directory == nullptr ? nullptr : ::readdir(directory.get()))
        if (entry->d_name[0] != '.')
            names.emplace_back(entry->d_name);
    return names;
}

std::chrono::milliseconds time_of(std::uint64_t ticks) {
    static const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return std::chrono::milliseconds(ticks * 1000 / per_second);
}

std::uint64_t bytes_of(std::uint64_t pages) {
    static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return pages * page;
}

std::string folder_of(pid_t pid) {
    return "/proc/" + std::to_string(pid);
}

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
    const auto name_end = text.rfind(')');
    if (name_end == std::string_view::npos || text.size() < name_end + 3 || text[name_end + 1] != ' ')
        return std::nullopt;
    ProcessStat stat;
    stat.state = text[name_end + 2];
    const auto fields = numbers_in(text.substr(name_end + 2), kFields);
    if (fields.size() < kFields)
        return std::nullopt;
    stat.parent = static_cast<pid_t>(fields[kParent]);
    for (std::size_t i = 0; i < 4; ++i)
        stat.cpu_ticks += fields[kUserTime + i];
    stat.threads = fields[kThreads];
    stat.rss_pages = fields[kRss];
    return stat;
}

std::string ProcessReader::read(const std::string& path) {
    budget_ -= budget_ > 0 ? 1 : 0;
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text;
    std::array<char, 4096> buffer;
    for (;;) {
        const ssize_t got = file ? ::read(file.get(), buffer.data(), buffer.size()) : 0;
        if (got <= 0)
            return text;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

std::optional<ProcessStat> ProcessReader::stat(pid_t pid) {
    return parse_process_stat(read(folder_of(pid) + "/stat"));
}

ProcessUsage ProcessReader::usage_of_tree(pid_t root, pid_t known) {
    ProcessUsage usage;
    std::uint64_t ticks = 0;
    std::vector<pid_t> pids{root};
    if (known > 0)
        pids.push_back(known);
    const std::size_t asked_for = pids.size();
    for (std::size_t i = 0; i < pids.size() && (i < asked_for || budget_ > 0); ++i) {
        const auto found = stat(pids[i]);
        const bool is_stranger = found && pids[i] == known && found->parent != root;
        if (!found || is_stranger)
            continue;
        usage.processes += found->state == 'Z' ? 0 : 1;
        ticks += found->cpu_ticks;
        usage.rss_bytes += bytes_of(found->rss_pages);
        if (found->threads > budget_)
            continue;
        // Each thread has a list of its own.
        const std::string tasks = folder_of(pids[i]) + "/task/";
        for (const auto& thread : entries_of(tasks))
            for (const auto child : numbers_in(read(tasks + thread + "/children"), budget_))
                if (static_cast<pid_t>(child) != known)
                    pids.push_back(static_cast<pid_t>(child));
    }
    usage.cpu = time_of(ticks);
    return usage;
}

ProcessUsage usage_of_this_process() {
    ProcessUsage usage;
    if (const auto own = ProcessReader().stat(::getpid())) {
        usage.processes = 1;
        usage.rss_bytes = bytes_of(own->rss_pages);
    }
    timespec spent{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    usage.cpu = std::chrono::milliseconds(spent.tv_sec * 1000 + spent.tv_nsec / 1'000'000);
    return usage;
}

std::size_t open_descriptors() {
    // One is the directory that is being read.
    const auto entries = entries_of("/proc/self/fd").size();
    return entries > 0 ? entries - 1 : 0;
}

}  // namespace agenthub
