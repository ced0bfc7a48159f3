// What /proc tells about processes that tests did not start themselves.
// Functions without state.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace agenthub::test {

// The variable that Daemon puts into the environment of everything it starts, directly or not.
inline constexpr const char* kMarkVariable = "AGENTHUB_TEST_MARK";

// Living processes whose environment at exec carried this mark. Zombies have no environment: see zombie_children().
std::vector<pid_t> processes_with_mark(const std::string& mark);

// Living or zombie children of `parent`.
std::vector<pid_t> children_of(pid_t parent);
std::vector<pid_t> zombie_children_of(pid_t parent);

// True while the process runs; false for a zombie and for no process.
bool is_alive(pid_t pid);

// Of a living process; -1 when it is gone. Memory in KiB, time in microseconds of all its threads, ended ones included.
std::int64_t fd_count(pid_t pid);
std::int64_t rss_kib(pid_t pid);
std::int64_t cpu_us(pid_t pid);
std::int64_t page_faults(pid_t pid);  // so far, of those that took no disk

// The arguments, each with a space behind it; empty when it is gone.
std::string command_of(pid_t pid);

// "12 hostile-server --silent " for messages.
std::string describe_process(pid_t pid);

}  // namespace agenthub::test
