// The dashboard for a browser: pages, their parts, what their buttons do, and the files that pages are made of.
// Owned by the gateway.

#pragma once

#include <optional>
#include <string>

#include "enhance/enhancer.hpp"
#include "gateway/admin_routes.hpp"

namespace agenthub {

class DashboardRoutes {
public:
    DashboardRoutes(Supervisor& supervisor, ActivityService& activity, AdminRoutes& admin, Enhancer& enhancer) noexcept
        : supervisor_(supervisor), activity_(activity), admin_(admin), enhancer_(enhancer) {}

    // Serves a route of class page. `facts` as AdminRoutes::serve().
    awaitable<HttpReply> serve(const Route& route, const HttpRequest& request, DaemonFacts facts);

    // Asked for every few seconds, or with each page: they say nothing about anybody's work.
    static bool is_recorded(RouteId id) noexcept {
        return id != RouteId::dashboard_partial && id != RouteId::static_file;
    }

private:
    awaitable<HttpReply> part(const std::string& name, const DaemonFacts& facts);
    awaitable<HttpReply> act(RouteId id, std::string server, const HttpRequest& request, DaemonFacts facts);
    std::string health(const DaemonFacts& facts) const;

    Supervisor& supervisor_;
    ActivityService& activity_;
    AdminRoutes& admin_;
    Enhancer& enhancer_;
};

// The guard of these routes: 403 for what another site's page has caused; AgentHub's own pages, and whoever is no
// browser, pass.
std::optional<HttpReply> refuse_other_sites(const HttpRequest& request);

}  // namespace agenthub
