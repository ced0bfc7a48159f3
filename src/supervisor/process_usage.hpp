// What a server's processes use, read from /proc at the time of asking.
// Values and functions; ProcessReader lives for one question.

#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agenthub {

struct ProcessUsage {
    std::size_t processes = 0;         // zombies are none any more
    std::chrono::milliseconds cpu{0};  // user and system, of ended children too once they have been waited for
    std::uint64_t rss_bytes = 0;       // summed: a page that two processes share counts in both

    void add(const ProcessUsage& other) noexcept {
        processes += other.processes;
        cpu += other.cpu;
        rss_bytes += other.rss_bytes;
    }
    bool operator==(const ProcessUsage&) const = default;
};

// One line of /proc/PID/stat (proc(5)). Times are in clock ticks, rss in pages.
struct ProcessStat {
    char state = '?';  // 'Z': a zombie
    pid_t parent = 0;
    std::uint64_t cpu_ticks = 0;
    std::size_t threads = 0;
    std::uint64_t rss_pages = 0;

    bool operator==(const ProcessStat&) const = default;
};
// nullopt when the text is not of that form. The name in parentheses may hold spaces, parentheses and line ends.
std::optional<ProcessStat> parse_process_stat(std::string_view text);

// Reads /proc within a budget of files, so that a question about many servers with many processes stays quick: when it
// is spent, only the processes that are asked for by their numbers are looked at, not their descendants.
class ProcessReader {
public:
    explicit ProcessReader(std::size_t budget = kBudget) noexcept : budget_(budget) {}

    // nullopt when there is no such process.
    std::optional<ProcessStat> stat(pid_t pid);
    // The process `root` and all its descendants. `known` is a child of it that is counted in any case (0: none).
    ProcessUsage usage_of_tree(pid_t root, pid_t known);

    // About 20 ms of a slow machine.
    static constexpr std::size_t kBudget = 3000;

private:
    std::string read(const std::string& path);

    std::size_t budget_;
};

// The usage of this process itself, without its children.
ProcessUsage usage_of_this_process();
// The number of descriptors it has open.
std::size_t open_descriptors();

}  // namespace agenthub
