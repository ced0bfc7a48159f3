// Legacy clients of endpoints that lead to many servers.
// Owned by the gateway.

#include "gateway/legacy_endpoint.hpp"
#include "gateway/reply_for_client.hpp"
#include "mcp/json_members.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {

awaitable<LegacyEndpoint::Reply> LegacyEndpoint::answer_for_many(LegacyExchange& exchange, Session& session) {
    const mcp::Message& request = exchange.request();
    const std::string_view method = request.method();
    if (method == mcp::method::set_level)
        co_return set_level_of_many(exchange, session);
    if (method.ends_with("/list") && !method.starts_with("tasks/")) {
        co_await aggregates_.meet_all(session.endpoint);
        const auto page = aggregates_.list(session.endpoint, method, mcp::member(request.params(), "cursor"));
        if (!page)
            co_return page.error();
        co_return mcp::Message::parse(mcp::make_response(request.id(), *page));
    }
    if (method == mcp::method::subscribe || method == mcp::method::unsubscribe) {
        auto server = aggregates_.server_of_uri(session.endpoint, request.uri());
        if (!server)
            co_return Error(errc::invalid_params, "no server has the resource " + std::string(request.uri()));
        exchange.route.server = std::move(*server);
        if (method == mcp::method::subscribe)
            co_return co_await subscribe(exchange, session);
        co_return co_await unsubscribe(exchange, session);
    }
    if (method.starts_with("tasks/"))
        co_return Error(errc::method_not_found, "tasks are not available at an endpoint for many servers");
    auto found = co_await aggregates_.destination_of(session.endpoint, request, exchange.deadline());
    if (!found)
        co_return reply_of_nobody(request, found.error());
    exchange.route.server = std::move(found->server);
    exchange.renamed = found->at;
    exchange.own_name = std::move(found->own);
    exchange.time() = calls_.time_of_call(exchange.route.server);
    co_return co_await forward(exchange, session);
}

// Every server that runs is told; the others are when they run.
LegacyEndpoint::Reply LegacyEndpoint::set_level_of_many(const LegacyExchange& exchange, Session& session) {
    const auto level = mcp::log_level_of(exchange.request().level());
    if (!level)
        return Error(errc::invalid_params,
                     "params.level must be one of debug, info, notice, warning, error, critical, alert, emergency");
    session.level = level;
    for (const std::string& server : servers_.servers_of(session.endpoint))
        clients_.want_level(server, session.caller, *level);
    return mcp::Message::parse(mcp::make_response(exchange.request().id(), "{}"));
}

}  // namespace agenthub
