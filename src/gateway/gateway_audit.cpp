// Administrative actions are announced before they are done: the gateway's side of the audit.
// Owned by the composition root.

#include <utility>

#include "gateway/api_keys.hpp"
#include "gateway/gateway.hpp"
#include "gateway/gateway_parts.hpp"

namespace agenthub {

awaitable<HttpReply> Gateway::audited_document(const Route& route, HttpRequest& request, HttpResponder& responder) {
    if (audited_action(route.id, request.verb).empty())
        co_return co_await document(route, request, responder);
    auto ticket = co_await parts_->admin_audit.begin(route, request);
    if (!ticket)
        co_return AdminAudit::refusal(route, ticket.error());
    HttpReply reply = co_await document(route, request, responder);
    // Whoever gets the reply may rely on the record.
    co_await parts_->admin_audit.end(std::move(*ticket), route, reply.status, reply.body);
    co_return reply;
}

void Gateway::note_refused_key(const HttpRequest& request) {
    AuditRecord record = audit_record_of(request);
    const bool has_key = !bearer_token(request.header("Authorization")).empty();
    record.subject = "/v1";
    record.error = has_key ? "an API key that is not known" : "no API key";
    audit_.refused_key(std::move(record), has_key);
}

}  // namespace agenthub
