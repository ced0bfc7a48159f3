// Which servers an endpoint leads to.
// Owned by the gateway.

#include "gateway/server_directory.hpp"

#include <algorithm>

namespace agenthub {

const ViewConfig* ServerDirectory::view_of(std::string_view endpoint) const {
    for (const ViewConfig& view : config_.views)
        if (endpoint == view_endpoint(view.name))
            return &view;
    return nullptr;
}

bool ServerDirectory::exists(std::string_view name) const {
    if (name == kAggregate)
        return config_.aggregate.enabled;
    return name == kHubName || supervisor_.find(name) != nullptr || view_of(name) != nullptr;
}

bool ServerDirectory::includes(std::string_view endpoint, std::string_view server) const {
    if (!leads_to_many(endpoint))
        return endpoint == server;
    const ViewConfig* view = view_of(endpoint);
    if (endpoint != kAggregate && view == nullptr)
        return false;
    if (server == kHubName)
        return view != nullptr && !view->servers.empty() && shows_server(*view, kHubName);
    const ServerSlot* found = supervisor_.find(server);
    return found != nullptr && found->config().disabled_reason.empty() &&
           (view == nullptr || shows_server(*view, server));
}

std::uint64_t ServerDirectory::catalogue_stamp() const noexcept {
    constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15U;  // spreads small numbers over all bits
    std::uint64_t stamp = 0;
    for (const auto& slot : supervisor_.slots()) {
        const Catalogue* known = slot->catalogue();
        const std::uint64_t revision = known == nullptr ? 0 : known->revision + 1;
        stamp = (stamp + revision + 1) * kOdd;
    }
    return stamp;
}

// The hub's tools are about AgentHub itself: a view has them that names it.
std::vector<std::string> ServerDirectory::servers_of(std::string_view endpoint) const {
    if (!leads_to_many(endpoint))
        return {std::string(endpoint)};
    const ViewConfig* view = view_of(endpoint);
    if (endpoint != kAggregate && view == nullptr)
        return {};
    std::vector<std::string> servers;
    for (const auto& slot : supervisor_.slots())
        if (slot->config().disabled_reason.empty() && (view == nullptr || shows_server(*view, slot->name())))
            servers.push_back(slot->name());
    const bool names_hub = view != nullptr && !view->servers.empty() && shows_server(*view, kHubName);
    if (names_hub && std::find(servers.begin(), servers.end(), kHubName) == servers.end())
        servers.emplace_back(kHubName);
    return servers;
}

}  // namespace agenthub
