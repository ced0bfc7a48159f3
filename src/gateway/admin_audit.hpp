// Which requests are administrative actions, and what is recorded of them: the one place through which all of them go.
// Owned by the gateway.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "audit/service.hpp"
#include "bridge/exchange.hpp"
#include "config/difference.hpp"
#include "enhance/enhancer.hpp"
#include "gateway/http_request.hpp"
#include "gateway/router.hpp"
#include "supervisor/supervisor.hpp"

namespace agenthub {

// The word for what a request to this route does; empty: it only reads, or serves clients. Runs of pipelines are calls
// of the hub's tools, whichever way they come, and recorded there. Pure.
std::string_view audited_action(RouteId id, http::verb verb) noexcept;

// The names of what a reload has changed, as JSON, never their values; empty when it was nothing.
std::string changes_text(const ConfigDifference& difference);

// Who asked, as the audit says it.
AuditRecord audit_record_of(const HttpRequest& request);

class AdminAudit {
public:
    AdminAudit(AuditService& audit, Supervisor& supervisor, Enhancer& enhancer, ModelBackend& models) noexcept
        : audit_(audit), supervisor_(supervisor), enhancer_(enhancer), models_(models) {}

    // Announces the action of this request, with what is before it. An error, and it must not be done.
    awaitable<result<AuditTicket>> begin(const Route& route, const HttpRequest& request);
    // What became of it: the reply tells, and what is now.
    awaitable<void> end(AuditTicket ticket, const Route& route, unsigned status, std::string_view body);

    // The same for tools of the hub, which restart servers and run pipelines. `error` is empty when all went well.
    awaitable<result<AuditTicket>> begin_tool(const Exchange& exchange, std::string_view action, std::string subject);
    awaitable<void> end_tool(AuditTicket ticket, std::string error);

    // In the words of the route: 503.
    static HttpReply refusal(const Route& route, const Error& error);

private:
    std::string state_of(RouteId id, const std::string& subject) const;
    std::string server_state(const std::string& name) const;

    AuditService& audit_;
    Supervisor& supervisor_;
    Enhancer& enhancer_;
    ModelBackend& models_;
};

}  // namespace agenthub
