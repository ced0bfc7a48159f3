// Which era a request belongs to (2026-07-28 basic/versioning, "Serving both eras").
// Owned by the gateway.

#include "gateway/mcp_endpoint.hpp"

#include "gateway/error_reply.hpp"
#include "gateway/legacy_rules.hpp"
#include "mcp/modern_request.hpp"
#include "mcp/names.hpp"

namespace agenthub {

std::optional<HttpReply> McpEndpoint::admit(const HttpRequest& request, RouteId route) const {
    // What is POSTed over HTTP+SSE is answered on the other stream.
    return refuse_media_types(request, route != RouteId::sse_messages);
}

awaitable<void> McpEndpoint::serve(const Route& route, HttpRequest& request, HttpResponder& responder) {
    const std::string_view endpoint = route.server;
    if (route.id == RouteId::sse)
        co_await legacy_.open_sse(request, responder, endpoint);
    else if (route.id == RouteId::sse_messages)
        co_await legacy_.post_sse(request, responder, endpoint);
    else if (request.verb == http::verb::post)
        co_await post(request, responder, endpoint);
    else if (request.verb == http::verb::get)
        co_await legacy_.get(request, responder, endpoint);
    else
        co_await legacy_.end_session(request, responder, endpoint);
}

awaitable<void> McpEndpoint::post(HttpRequest& request, HttpResponder& responder, std::string_view endpoint) {
    if (mcp::looks_like_batch(request.body)) {
        if (mcp::names_modern(request.header(mcp::header::protocol_version))) {
            const std::string_view why = "this protocol revision has no batches; send one message per request";
            const auto refusal = rpc_error_reply(400, mcp::code::invalid_request, why);
            co_await responder.send(refusal);
            recorder_.plain({request, responder.status(), responder.body_bytes(), {}, endpoint, {}, {}, why});
            co_return;
        }
        co_await legacy_.post_batch(request, responder, endpoint);
        co_return;
    }
    auto message = mcp::Message::parse(std::move(request.body));
    if (!message) {
        const Error error = message.error();
        const ErrorMapping mapping = mapping_of(error.code);
        const auto reply = rpc_error_reply(mapping.http_status, mapping.rpc_code, error.message);
        co_await responder.send(reply);
        recorder_.plain({request, responder.status(), responder.body_bytes(), {}, endpoint, {}, {}, error.message});
        co_return;
    }
    if (mcp::claims_modern(*message, request.header(mcp::header::protocol_version)))
        co_await modern_.post(request, responder, endpoint, std::move(*message));
    else
        co_await legacy_.post(request, responder, endpoint, std::move(*message));
}

}  // namespace agenthub
