// Where this process stands among the control groups of version 2, and whether that place is its own to divide.
// Pure functions, but for those that say they ask the system.

#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace agenthub {

// The directory of the group that the texts of /proc/self/cgroup and /proc/self/mountinfo name (cgroups(7), proc(5)).
// The hierarchy may stand anywhere, as /sys/fs/cgroup/unified beside those of version 1. errc::unsupported, with a
// sentence about this machine: there is no such hierarchy, or the group is its root or outside of what is mounted.
result<std::string> own_cgroup_directory(std::string_view cgroup, std::string_view mountinfo);
// The same of this process. Reads /proc.
result<std::string> own_cgroup_directory();

// The service manager gave the group away (systemd: Delegate=yes), or its directory belongs to this user, who is not
// root. Asks the file system.
bool is_delegated(const std::string& directory);

}  // namespace agenthub
