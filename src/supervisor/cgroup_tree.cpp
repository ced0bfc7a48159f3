// Takes a control group over and divides it.
// Owned by the supervisor.

#include "supervisor/cgroup_tree.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/log.hpp"
#include "guard/cgroup.hpp"
#include "supervisor/cgroup_place.hpp"

namespace agenthub {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "mcp-";
constexpr const char* kOwnLeaf = "/daemon";
// Each try is another name.
constexpr int kTries = 100;

std::string text_of(int errno_value) {
    return std::generic_category().message(errno_value);
}

// 0 or errno. The file is there already: the kernel makes it.
int write_control(const std::string& path, std::string_view text) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd || ::write(fd.get(), text.data(), text.size()) < 0)
        return errno;
    return 0;
}

bool has_word(const std::string& path, std::string_view wanted) {
    std::ifstream in(path);
    for (std::string word; in >> word;)
        if (word == wanted)
            return true;
    return false;
}

// The number at the end of "mcp-NAME-NUMBER"; 0 for any other name.
std::uint64_t number_of_leaf(const std::string& name) {
    const std::size_t dash = name.rfind('-');
    if (!name.starts_with(kPrefix) || dash < kPrefix.size())
        return 0;
    std::uint64_t number = 0;
    const char* const end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + dash + 1, end, number);
    return read.ec == std::errc() && read.ptr == end ? number : 0;
}

Error unsupported(std::string why) {
    return {errc::unsupported, std::move(why)};
}

}  // namespace

CgroupTree::CgroupTree() : why_not_("\"cgroup\" is \"off\"") {}

CgroupTree CgroupTree::open(const std::string& setting) {
    CgroupTree tree;
    if (setting == "off")
        return tree;
    const auto own = own_cgroup_directory();
    std::string directory = setting;
    if (setting == "auto") {
        if (!own || !is_delegated(*own)) {
            tree.why_not_ = own ? "the control group " + *own + " is not delegated to AgentHub (systemd: Delegate=yes)"
                                : own.error().message;
            return tree;
        }
        directory = *own;
    }
    const bool is_own = own && fs::path(directory).lexically_normal() == fs::path(*own).lexically_normal();
    if (auto taken = tree.take(directory, is_own); !taken) {
        tree.why_not_ = taken.error().message;
        return tree;
    }
    tree.directory_ = std::move(directory);
    tree.why_not_.clear();
    tree.end_leftovers();
    tree.enable_controllers();
    return tree;
}

result<void> CgroupTree::take(const std::string& directory, bool own) {
    if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST)
        return unsupported("the control group " + directory + " cannot be made: " + text_of(errno));
    if (!fs::exists(directory + "/cgroup.controllers"))
        return unsupported(directory + " is no control group of version 2");
    lock_.reset(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock_)
        return unsupported("the control group " + directory + " cannot be opened: " + text_of(errno));
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
        return unsupported("another AgentHub uses the control group " + directory);
    if (!own)
        return {};
    const std::string leaf = directory + kOwnLeaf;
    if (::mkdir(leaf.c_str(), 0755) != 0 && errno != EEXIST)
        return unsupported("the control group " + leaf + " cannot be made: " + text_of(errno));
    if (const int error = write_control(leaf + "/cgroup.procs", "0"); error != 0)
        return unsupported("AgentHub cannot move itself into " + leaf + ": " + text_of(error));
    return {};
}

// A machine that lost its power has no groups any more; this is for daemons and guards that were killed together.
void CgroupTree::end_leftovers() {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(directory_, ignored)) {
        const std::uint64_t number = number_of_leaf(entry.path().filename());
        if (number == 0 || !entry.is_directory(ignored))
            continue;
        next_ = std::max(next_, number + 1);
        if (end_cgroup(entry.path().c_str()))
            log().info("ended what was left in the control group {}", entry.path().string());
        else
            log().warn("cannot remove the control group {}: {}", entry.path().string(), text_of(errno));
    }
}

void CgroupTree::enable_controllers() {
    for (Controller& controller : controllers_) {
        if (!has_word(directory_ + "/cgroup.controllers", controller.name)) {
            controller.why_not = "the control group " + directory_ + " has no controller \"";
            controller.why_not.append(controller.name).append("\"");
            continue;
        }
        std::string word = "+";
        word += controller.name;
        if (const int error = write_control(directory_ + "/cgroup.subtree_control", word); error != 0)
            controller.why_not = "the controller \"" + word.substr(1) + "\" cannot be switched on in " + directory_ +
                                 ": " + text_of(error) + (error == EBUSY ? "; other processes are in that group" : "");
    }
}

std::string CgroupTree::why_no_controller(std::string_view name) const {
    if (directory_.empty())
        return why_not_;
    for (const Controller& controller : controllers_)
        if (controller.name == name)
            return controller.why_not;
    return "AgentHub does not use it";
}

result<std::string> CgroupTree::make_leaf(const std::string& server) {
    if (directory_.empty())
        return unsupported(why_not_);
    for (int i = 0; i < kTries; ++i) {
        std::string leaf = directory_ + "/";
        leaf.append(kPrefix).append(server).append("-").append(std::to_string(next_++));
        if (::mkdir(leaf.c_str(), 0755) == 0)
            return leaf;
        if (errno != EEXIST)
            return Error(errc::io_error, "no control group can be made in " + directory_ + ": " + text_of(errno));
    }
    return Error(errc::io_error, "every name of a control group in " + directory_ + " is taken");
}

std::vector<LimitInForce> CgroupTree::limit(const std::string& leaf, const CgroupLimits& limits) const {
    std::vector<LimitInForce> out;
    const auto set = [&](const char* key, const char* controller, const char* file, const auto& value) {
        if (!value)
            return;
        std::string why_not = leaf.empty() ? std::string("it has no control group") : why_no_controller(controller);
        if (why_not.empty())
            if (const int error = write_control(leaf + "/" + file, std::to_string(*value)); error != 0)
                why_not = std::string(file) + " cannot be written: " + text_of(error);
        out.push_back({key, *value, std::move(why_not)});
    };
    set("memory_max", "memory", "memory.max", limits.memory_max);
    set("pids_max", "pids", "pids.max", limits.pids_max);
    set("cpu_weight", "cpu", "cpu.weight", limits.cpu_weight);
    // Where one process of a server is killed for memory the others could only fail in stranger ways.
    if (!leaf.empty() && why_no_controller("memory").empty())
        write_control(leaf + "/memory.oom.group", "1");
    return out;
}

}  // namespace agenthub
