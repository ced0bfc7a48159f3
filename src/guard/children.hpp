// Lists and kills the direct children of this process, adopted ones included.
// No ownership, no allocation: the guard must stay small.

#pragma once

#include <sys/types.h>

#include <cstddef>

namespace agenthub {

// Writes up to `capacity` pids to `out` and returns their number. Zombies are listed too. The kernel's list may miss a
// child while another one ends: callers repeat until waitpid says ECHILD. Uses /proc/self/task/*/children, or, on a
// kernel without it, children_by_scan().
std::size_t children_of_this_process(pid_t* out, std::size_t capacity) noexcept;

// The same from the parent fields in /proc/*/stat: slower, but every kernel has them.
std::size_t children_by_scan(pid_t parent, pid_t* out, std::size_t capacity) noexcept;

// SIGKILL to a direct child, which nobody else may reap meanwhile, and to its process group unless it is in our own
// session: that stops a process that forks faster than its children can be listed.
void kill_with_group(pid_t child) noexcept;

// The parent in the text of /proc/PID/stat, 0 when the text is not of that form. The command name in parentheses may
// itself hold spaces, parentheses and newlines.
pid_t parent_in_stat(const char* text, std::size_t size) noexcept;

}  // namespace agenthub
