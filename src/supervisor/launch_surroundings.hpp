// What a server's process is started within: its limits and its control group.
// Owned by the supervisor; shared by all slots. Loop thread only.

#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "supervisor/cgroup_tree.hpp"
#include "supervisor/launch_spec.hpp"

namespace agenthub {

// Which limits one process runs within.
struct LimitsInForce {
    std::string cgroup;         // its own control group; empty: none
    std::string why_no_cgroup;  // a clause fit to follow "because"; empty when it has one
    std::vector<LimitInForce> limits;
};

class LaunchSurroundings {
public:
    explicit LaunchSurroundings(CgroupTree tree) : tree_(std::move(tree)) {}

    // Puts the limits of the configuration into `spec`, and a new control group, which the guard removes: launch it.
    // What cannot be had is logged, once for each server and cause; the server runs without.
    LimitsInForce prepare(LaunchSpec& spec, const ServerConfig& config);

private:
    void say_what_is_missing(const std::string& server, const LimitsInForce& limits);

    CgroupTree tree_;
    std::set<std::string> said_;  // bounded by the kinds of limits and causes for each configured server
};

}  // namespace agenthub
