// One server's control group (cgroup v2): joined by the server, ended and removed when nothing of it may be left.
// No ownership, no allocation. Shared with the daemon, which ends what a killed guard could not.

#pragma once

namespace agenthub {

// Moves the calling process into the group. False with errno. Async-signal-safe.
bool join_cgroup(const char* directory) noexcept;

// SIGKILL to every process in it and below, forks under way included. Nothing happens on a kernel that cannot (before
// Linux 5.14).
void kill_cgroup(const char* directory) noexcept;

// Removes it and the groups that its processes have made below. True also when it is gone already. False with errno:
// EBUSY while a process is in it.
bool remove_cgroup(const char* directory) noexcept;

// Both, again and again while it is busy, for at most half a second: who stays longer was put there by somebody else.
bool end_cgroup(const char* directory) noexcept;

// How often the kernel killed processes of it because memory ran out; 0 when that cannot be known.
long oom_kills_in_cgroup(const char* directory) noexcept;

// The number behind `name` at the start of a line of "NAME NUMBER" lines (memory.events, /proc/vmstat); -1: none.
long number_in_lines(const char* text, unsigned long size, const char* name) noexcept;

}  // namespace agenthub
