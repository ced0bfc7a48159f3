// CPU time and memory of a process, from /proc.
// Functions without state.

#pragma once

#include <sys/types.h>

#include <cstdint>

namespace agenthub::load {

struct ProcessUse {
    std::int64_t stat_us = 0;    // utime + stime of the whole process, ended threads included; 10 ms resolution
    std::int64_t sched_ns = -1;  // run time of its living threads, from schedstat; -1 where the kernel has none
    std::int64_t main_ns = -1;   // the same of the main thread alone: AgentHub's loop
    std::int64_t rss_kib = 0;
    std::int64_t peak_rss_kib = 0;
};

// All zero when there is no such process.
ProcessUse read_use(pid_t pid);

// CPU time of this process in nanoseconds.
std::int64_t own_cpu_ns();

}  // namespace agenthub::load
