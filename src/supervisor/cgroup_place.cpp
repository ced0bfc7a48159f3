// Reads what the kernel says of this process's control group.
// No state.

#include "supervisor/cgroup_place.hpp"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace agenthub {
namespace {

struct Mount {
    std::string root;   // the group that is seen at the mount point
    std::string point;  // where
};

// Spaces and the like stand as \ooo in /proc/self/mountinfo.
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '7'; };
        if (text[i] == '\\' && digit(i + 1) && digit(i + 2) && digit(i + 3)) {
            out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::optional<Mount> find_mount(std::string_view mountinfo) {
    std::istringstream lines{std::string(mountinfo)};
    for (std::string line; std::getline(lines, line);) {
        // "ID PARENT MAJOR:MINOR ROOT POINT OPTIONS FIELD... - TYPE SOURCE OPTIONS"
        const std::size_t dash = line.find(" - ");
        if (dash == std::string::npos || line.compare(dash + 3, 8, "cgroup2 ") != 0)
            continue;
        std::istringstream words(line);
        std::string skipped;
        Mount mount;
        if (words >> skipped >> skipped >> skipped >> mount.root >> mount.point)
            return Mount{unescaped(mount.root), unescaped(mount.point)};
    }
    return std::nullopt;
}

// The one of version 2 is hierarchy 0 without a name; those of version 1 stand beside it.
std::optional<std::string> find_group(std::string_view cgroup) {
    std::istringstream lines{std::string(cgroup)};
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("0::/"))
            return line.substr(3);
    return std::nullopt;
}

std::string file_text(const char* path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Error none(std::string why) {
    return {errc::unsupported, std::move(why)};
}

}  // namespace

result<std::string> own_cgroup_directory(std::string_view cgroup, std::string_view mountinfo) {
    const auto mount = find_mount(mountinfo);
    auto group = find_group(cgroup);
    if (!mount || !group)
        return none("this machine has no control groups of version 2");
    if (*group == "/")
        return none("AgentHub runs in the root control group, which is not its own");
    if (mount->root != "/") {
        // A container may see the groups below its own only.
        const bool below = group->starts_with(mount->root) &&
                           (group->size() == mount->root.size() || (*group)[mount->root.size()] == '/');
        if (!below)
            return none("AgentHub's control group " + *group + " is not among those that are mounted here");
        group->erase(0, mount->root.size());
        if (group->empty())
            return none("AgentHub runs in the root of the control groups that are mounted here");
    }
    if (group->find("/..") != std::string::npos)
        return none("AgentHub's control group " + *group + " is outside of its namespace");
    return mount->point + *group;
}

result<std::string> own_cgroup_directory() {
    return own_cgroup_directory(file_text("/proc/self/cgroup"), file_text("/proc/self/mountinfo"));
}

bool is_delegated(const std::string& directory) {
    // systemd marks what it gives away; before version 251 in a way that only root can see.
    for (const char* name : {"user.delegate", "trusted.delegate"}) {
        char value = 0;
        if (::getxattr(directory.c_str(), name, &value, 1) == 1 && value == '1')
            return true;
    }
    struct stat status{};
    return ::geteuid() != 0 && ::stat(directory.c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

}  // namespace agenthub
