// The audit over HTTP: the log, its verification, and the alerts. All of it is reading.
// Owned by the gateway.

#pragma once

#include "audit/service.hpp"
#include "gateway/http_request.hpp"
#include "gateway/router.hpp"

namespace agenthub {

class AuditRoutes {
public:
    explicit AuditRoutes(AuditService& audit) noexcept : audit_(audit) {}

    awaitable<HttpReply> serve(RouteId id, const HttpRequest& request);

private:
    awaitable<HttpReply> log(const HttpRequest& request);
    awaitable<HttpReply> verify(const HttpRequest& request);
    awaitable<HttpReply> history(const HttpRequest& request);
    HttpReply alerts(const HttpRequest& request) const;

    AuditService& audit_;
};

// The query of GET /audit/log. `now_ms` is what times as "15m" are counted from. Errors: errc::invalid_params, naming
// the parameter. Whole numbers have been checked before.
result<AuditQuery> read_audit_query(const HttpRequest& request, std::int64_t now_ms);

}  // namespace agenthub
