// Brings the configured limits of a server and the machine's control groups together.
// Owned by the supervisor.

#include "supervisor/launch_surroundings.hpp"

#include <optional>

#include "base/log.hpp"
#include "supervisor/memory_shortage.hpp"

namespace agenthub {
namespace {

void add(std::vector<LimitInForce>& out, const char* name, const std::optional<std::uint64_t>& value) {
    // In force whenever the process runs: what cannot be set keeps it from starting.
    if (value)
        out.push_back({name, *value, {}});
}

}  // namespace

LimitsInForce LaunchSurroundings::prepare(LaunchSpec& spec, const ServerConfig& config) {
    LimitsInForce out;
    spec.limits = config.limits.process;
    add(out.limits, "rlimits.nofile", spec.limits.nofile);
    add(out.limits, "rlimits.core", spec.limits.core);
    add(out.limits, "rlimits.as", spec.limits.as);
    auto leaf = tree_.make_leaf(config.name);
    if (leaf)
        spec.cgroup = out.cgroup = std::move(*leaf);
    else
        out.why_no_cgroup = leaf.error().message;
    auto group_limits = tree_.limit(out.cgroup, config.limits.cgroup);
    for (auto& limit : group_limits) {
        if (out.cgroup.empty())
            limit.why_not = out.why_no_cgroup;
        out.limits.push_back(std::move(limit));
    }
    // Where the server's own group counts, nobody else's misfortune is mistaken for its.
    const bool counts_itself = !out.cgroup.empty() && tree_.why_no_controller("memory").empty();
    spec.oom_kills_before = counts_itself ? std::nullopt : machine_oom_kills();
    say_what_is_missing(config.name, out);
    return out;
}

void LaunchSurroundings::say_what_is_missing(const std::string& server, const LimitsInForce& limits) {
    // With groups at hand, that one could not be made is news of its own.
    if (limits.cgroup.empty() && !tree_.directory().empty() && said_.insert(server + limits.why_no_cgroup).second)
        log().warn("server {} runs without a control group: {}", server, limits.why_no_cgroup);
    for (const auto& limit : limits.limits)
        if (!limit.why_not.empty() && said_.insert(server + " " + limit.name + limit.why_not).second)
            log().warn("server {}: {} has no effect, because {}", server, limit.name, limit.why_not);
}

}  // namespace agenthub
