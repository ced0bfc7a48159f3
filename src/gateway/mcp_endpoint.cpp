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

// Hands the coroutine of whoever serves it on, so that no frame of this room stands in a call's way.
awaitable<void> McpEndpoint::serve(const Route& route, HttpRequest& request, HttpResponder& responder) {
    const std::string_view endpoint = route.server;
    if (route.id == RouteId::sse)
        return legacy_.open_sse(request, responder, endpoint);
    if (route.id == RouteId::sse_messages)
        return legacy_.post_sse(request, responder, endpoint);
    if (request.verb == http::verb::post)
        return post(request, responder, endpoint);
    if (request.verb == http::verb::get)
        return legacy_.get(request, responder, endpoint);
    return legacy_.end_session(request, responder, endpoint);
}

awaitable<void> McpEndpoint::post(HttpRequest& request, HttpResponder& responder, std::string_view endpoint) {
    const std::string_view revision = request.header(mcp::header::protocol_version);
    if (mcp::looks_like_batch(request.body)) {
        if (!mcp::names_modern(revision))
            return legacy_.post_batch(request, responder, endpoint);
        const Error error(errc::invalid_request, "this protocol revision has no batches; send one message per request");
        return refuse(request, responder, endpoint, rpc_error_reply(400, mcp::code::invalid_request, error.message),
                      error);
    }
    auto message = mcp::Message::parse(std::move(request.body));
    if (!message) {
        const Error& error = message.error();
        const ErrorMapping mapping = mapping_of(error.code);
        auto reply = rpc_error_reply(mapping.http_status, mapping.rpc_code, error.message);
        return refuse(request, responder, endpoint, std::move(reply), error);
    }
    if (mcp::claims_modern(*message, revision))
        return modern_.post(request, responder, endpoint, std::move(*message));
    return legacy_.post(request, responder, endpoint, std::move(*message));
}

awaitable<void> McpEndpoint::refuse(HttpRequest& request, HttpResponder& responder, std::string_view endpoint,
                                    HttpReply reply, Error why) {
    co_await responder.send(reply);
    recorder_.plain({request, responder.status(), responder.body_bytes(), {}, endpoint, {}, {}, why.message});
}

}  // namespace agenthub
