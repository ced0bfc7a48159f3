// All that a client can name: the supervised servers, the built-in hub, and the endpoints for many of them.
// Owned by the gateway; borrows the supervisor and the hub.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/upstream.hpp"
#include "config/config.hpp"
#include "gateway/endpoint_name.hpp"
#include "gateway/hub_server.hpp"
#include "supervisor/supervisor.hpp"

namespace agenthub {

class ServerDirectory {
public:
    // `config` tells which servers the aggregate and the views lead to; it is read anew after each reload.
    ServerDirectory(const Config& config, Supervisor& supervisor, HubServer& hub)
        : config_(config), supervisor_(supervisor), hub_(hub) {}

    // A server or an endpoint for many of that name.
    bool exists(std::string_view name) const;
    // The servers that an endpoint leads to.
    bool includes(std::string_view endpoint, std::string_view server) const;
    // In the order of the configuration, those that are enabled.
    std::vector<std::string> servers_of(std::string_view endpoint) const;
    // Another number when one of the servers' catalogues is another; asked by every call through an endpoint for many.
    std::uint64_t catalogue_stamp() const noexcept;
    // Null for the hub and for unknown names. Valid until the next co_await: see Supervisor::find().
    ServerSlot* slot(std::string_view name) const { return supervisor_.find(name); }
    // The same for those who wait: see Supervisor::hold().
    std::shared_ptr<ServerSlot> hold(std::string_view name) const { return supervisor_.hold(name); }

    // See ServerSlot::owner_of(). Valid as long as `caller`, until the next co_await.
    std::string_view owner_of(std::string_view name, const mcp::Caller& caller) const {
        const ServerSlot* found = supervisor_.find(name);
        return found == nullptr ? std::string_view() : found->owner_of(caller);
    }

    // The caller's session has a process of its own, which knows it as its client.
    bool is_alone(std::string_view name, const mcp::Caller& caller) const {
        const ServerSlot* found = supervisor_.find(name);
        return found != nullptr && found->config().isolation != Isolation::caller && !found->owner_of(caller).empty();
    }

    // The owner's connection when there is one already; null when a process must be started or the name is unknown.
    std::shared_ptr<Upstream> ready(std::string_view name, std::string_view owner) const {
        if (name == kHubName)
            return {std::shared_ptr<void>(), &hub_};
        const ServerSlot* found = supervisor_.find(name);
        return found == nullptr ? nullptr : found->try_upstream(owner);
    }
    std::shared_ptr<Upstream> ready(std::string_view name, const mcp::Caller& caller) const {
        return ready(name, owner_of(name, caller));
    }
    // See ServerSlot::catalogue(). Null for the hub and for unknown names.
    const Catalogue* catalogue(std::string_view name) const {
        if (name == kHubName)
            return &hub_.catalogue();
        const ServerSlot* found = supervisor_.find(name);
        return found == nullptr ? nullptr : found->catalogue();
    }
    // It has said what it offers, now or when it last ran.
    bool is_met(std::string_view name) const {
        const Catalogue* known = catalogue(name);
        return known != nullptr && known->has_lists;
    }
    // See ServerSlot::stand_in(). Null for the hub and for unknown names.
    const Catalogue* stand_in(std::string_view name, const mcp::Caller& caller) const {
        const ServerSlot* found = supervisor_.find(name);
        return found == nullptr ? nullptr : found->stand_in(found->owner_of(caller));
    }

    // The connection, starting a process when needed. Errors as ServerSlot::upstream(); errc::server_unknown.
    awaitable<result<std::shared_ptr<Upstream>>> upstream_for(std::string_view name, const mcp::Caller& caller,
                                                              Deadline deadline) const {
        if (auto present = ready(name, caller))
            co_return present;
        auto found = supervisor_.hold(name);
        if (found == nullptr)
            co_return Error(errc::server_unknown, "no server named '" + std::string(name) + "' is configured");
        for (;;) {
            auto upstream = co_await found->upstream(caller, deadline);
            auto present = supervisor_.hold(found->name());
            if (present == nullptr)
                co_return Error(errc::server_unknown,
                                "server '" + found->name() + "' was removed from the configuration");
            if (present == found || deadline.expired())
                co_return upstream;
            found = std::move(present);  // a reload has put another in its place
        }
    }

private:
    const ViewConfig* view_of(std::string_view endpoint) const;

    const Config& config_;
    Supervisor& supervisor_;
    HubServer& hub_;
};

}  // namespace agenthub
