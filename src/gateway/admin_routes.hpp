// The administrative routes: health, metrics, servers, circuit breakers. Reading never waits for a server.
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
    AdminRoutes(Supervisor& supervisor, ConfigControl& control, ModelBackend& models)
        : supervisor_(supervisor), control_(control), models_(models) {}

    // Serves an admin or probe route. `facts` is what the daemon says of itself, `ready` whether it takes new work.
    awaitable<HttpReply> serve(const Route& route, const HttpRequest& request, DaemonFacts facts, bool ready);

private:
    HttpReply read(const Route& route, const DaemonFacts& facts, bool ready) const;
    awaitable<HttpReply> operate(RouteId id, ServerSlot& slot);
    HttpReply reset_breaker(const std::string& name, const DaemonFacts& facts);

    Supervisor& supervisor_;
    ConfigControl& control_;
    ModelBackend& models_;
};

}  // namespace agenthub
