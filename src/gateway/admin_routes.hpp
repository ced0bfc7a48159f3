// The administrative routes: health, metrics, servers, circuit breakers, activity. Reading never waits for a server.
// Owned by the gateway.

#pragma once

#include "bridge/model_backend.hpp"
#include "gateway/admin_documents.hpp"
#include "gateway/config_control.hpp"
#include "gateway/http_request.hpp"
#include "gateway/router.hpp"

namespace agenthub {

class AdminRoutes {
public:
    AdminRoutes(Supervisor& supervisor, ActivityService& activity, ConfigControl& control, ModelBackend& models)
        : supervisor_(supervisor), activity_(activity), control_(control), models_(models) {}

    // Serves an admin or probe route. `facts` is what the daemon says of itself, `ready` whether it takes new work.
    awaitable<HttpReply> serve(const Route& route, const HttpRequest& request, DaemonFacts facts, bool ready);

private:
    HttpReply read(const Route& route, const DaemonFacts& facts, bool ready) const;
    awaitable<HttpReply> operate(RouteId id, ServerSlot& slot);
    HttpReply reset_breaker(const std::string& name, const DaemonFacts& facts);
    awaitable<HttpReply> list_activity(const HttpRequest& request);
    awaitable<HttpReply> activity_stats();
    awaitable<HttpReply> clear_activity();
    awaitable<HttpReply> clean_activity(const HttpRequest& request);

    Supervisor& supervisor_;
    ActivityService& activity_;
    ConfigControl& control_;
    ModelBackend& models_;
};

}  // namespace agenthub
