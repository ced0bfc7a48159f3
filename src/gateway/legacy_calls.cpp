// The calls of the legacy era, answered here or by the server.
// Owned by the gateway.

#include "gateway/error_reply.hpp"
#include "gateway/legacy_endpoint.hpp"
#include "gateway/post_channel.hpp"
#include "gateway/reply_for_client.hpp"
#include "mcp/json_members.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

mcp::Message empty_result(std::string_view id) {
    return mcp::Message::parse(mcp::make_response(id, "{}")).value();
}

// The line that a client gets for a call that AgentHub itself had to fail.
mcp::Message failure_of(std::string_view id, const Error& error) {
    return mcp::Message::parse(rpc_error(id, error)).value();
}

awaitable<result<mcp::Message>> settled(result<mcp::Message> reply) {
    co_return std::move(reply);
}

}  // namespace

awaitable<void> LegacyEndpoint::serve_call(HttpRequest& request, HttpResponder& responder,
                                           std::shared_ptr<Session> session, mcp::Message message) {
    if (session->find_in_flight(message.id()) != nullptr) {
        auto reply = rpc_error_reply(400, mcp::code::invalid_request, "a request with this id is in flight already");
        co_await refuse(request, responder, session->endpoint, std::move(reply), "request id in use");
        co_return;
    }
    PostChannel channel(responder, *session, streams_);
    LegacyExchange exchange(std::move(message), session, calls_.time_of_call(session->endpoint), channel);
    calls_.note_wish(exchange, request);
    channel.drop_in_time();
    auto reply = co_await answer(exchange, *session);
    channel.answered();
    if (!channel.is_carried_elsewhere() && is_worth_a_look(*session, request) && responder.client_is_gone())
        note_cut_off(*session);
    // What goes out as an event cannot be held back later: it waits for its row here.
    const bool is_kept_first = recorder_.is_strict() && channel.stream() != nullptr;
    if (is_kept_first) {
        const CallRecorder::Call row{request,  responder.status(),    0,
                                     exchange, exchange.route.server, servers_.slot(exchange.route.server)};
        auto kept = recorder_.keep(row, std::move(reply));
        reply = co_await std::move(kept);
    }
    co_await send_reply(responder, channel, exchange.request().id(), reply);
    session->last_used = Clock::now();
    if (!is_kept_first)
        recorder_.call({request, responder.status(), responder.body_bytes(), exchange, exchange.route.server,
                        servers_.slot(exchange.route.server)},
                       reply);
}

// Whatever is written, `reply` outlives the writing.
awaitable<void> LegacyEndpoint::send_reply(HttpResponder& responder, PostChannel& channel, std::string_view id,
                                           const Reply& reply) {
    if (channel.stream() == nullptr && reply)
        return responder.send_message(*reply, id);
    return send_event_or_failure(responder, channel, id, reply);
}

awaitable<void> LegacyEndpoint::send_event_or_failure(HttpResponder& responder, PostChannel& channel,
                                                      std::string_view id, const Reply& reply) {
    const bool cancelled = !reply && reply.error().code == errc::cancelled;
    if (channel.stream() != nullptr) {
        const bool seems_gone = !channel.is_carried_elsewhere() && responder.client_is_gone();
        if (cancelled)
            channel.stream()->finish();
        else if (reply)
            channel.stream()->finish_with(*reply, id, seems_gone);
        else
            channel.stream()->finish_with(failure_of(id, reply.error()), id, seems_gone);
        co_await responder.stream_ended();
    } else if (cancelled) {
        // The client awaits no answer (basic/utilities/cancellation); the HTTP request still needs one.
        HttpReply accepted;
        accepted.status = 202;
        co_await responder.send(accepted);
    } else if (is_own_refusal(reply.error())) {
        // HTTP clients know by 503 and Retry-After when to come back.
        const auto refusal = failed_call_reply(id, reply.error());
        co_await responder.send(refusal);
    } else {
        const auto failure = failure_of(id, reply.error());
        co_await responder.send_message(failure, id);
    }
}

awaitable<LegacyEndpoint::Reply> LegacyEndpoint::answer(LegacyExchange& exchange, Session& session) {
    const mcp::Message& request = exchange.request();
    const std::string_view method = request.method();
    if (auto unrecorded = recorder_.refusal())
        return settled(std::move(*unrecorded));
    if (method == mcp::method::ping)
        return settled(empty_result(request.id()));
    if (method == mcp::method::initialize)
        return settled(Error(errc::invalid_request, "initialize cannot be part of a batch"));
    if (leads_to_many(session.endpoint))
        return answer_for_many(exchange, session);
    if (method.starts_with("tasks/") && !servers_.is_alone(session.endpoint, session.caller))
        return settled(Error(errc::method_not_found,
                             "tasks are not available on a server that clients share; \"isolation\" \"session\" "
                             "allows them"));
    if (method == mcp::method::set_level)
        return set_level(exchange, session);
    if (method == mcp::method::subscribe)
        return subscribe(exchange, session);
    if (method == mcp::method::unsubscribe)
        return unsubscribe(exchange, session);
    if (auto list = known_list(exchange))
        return settled(std::move(*list));
    return forward(exchange, session);
}

// The reply to a list that need not, or cannot, be asked of the server; nullopt: ask it. A cursor is the server's own.
std::optional<mcp::Message> LegacyEndpoint::known_list(const LegacyExchange& exchange) const {
    const mcp::Message& request = exchange.request();
    if (!request.method().ends_with("/list") || !mcp::member(request.params(), "cursor").empty())
        return std::nullopt;
    const Catalogue* known = servers_.stand_in(exchange.route.server, exchange.caller());
    const std::string* list = known == nullptr ? nullptr : known->list(request.method());
    if (list == nullptr)
        return std::nullopt;
    auto reply = mcp::Message::parse(mcp::make_response(request.id(), *list));
    if (!reply)
        return std::nullopt;
    adapt_for_legacy(*reply, request, exchange.caller().revision, known->info.modern);
    return std::move(*reply);
}

awaitable<LegacyEndpoint::Reply> LegacyEndpoint::forward(LegacyExchange& exchange, const Session& session) {
    auto reply = co_await calls_.forward(exchange, exchange.route, &session);
    if (reply)
        adapt_for_legacy(*reply, exchange.request(), session.caller.revision, exchange.route.is_of_modern_server());
    co_return reply;
}

// Each session has its own level; the server gets the most verbose one (server/utilities/logging).
awaitable<LegacyEndpoint::Reply> LegacyEndpoint::set_level(LegacyExchange& exchange, Session& session) {
    const auto level = mcp::log_level_of(exchange.request().level());
    if (!level)
        co_return Error(errc::invalid_params,
                        "params.level must be one of debug, info, notice, warning, error, "
                        "critical, alert, emergency");
    const auto wanted = clients_.level_to_request(exchange.route.server, session, *level);
    if (!wanted) {
        session.level = level;
        co_return empty_result(exchange.request().id());
    }
    const Catalogue* known = servers_.stand_in(exchange.route.server, session.caller);
    if (known != nullptr && known->info.has_logging) {
        // No reason to start a server: it is told when it runs.
        session.level = level;
        clients_.level_was_set(exchange.route.server, session.caller, *wanted);
        co_return empty_result(exchange.request().id());
    }
    auto upstream = co_await calls_.upstream_for(exchange.route.server, session, exchange.deadline());
    if (!upstream)
        co_return upstream.error();
    const std::string params = R"({"level":")" + std::string(mcp::to_string(*wanted)) + R"("})";
    auto reply = co_await (*upstream)->request(mcp::method::set_level, params, exchange.deadline());
    if (reply && reply->kind() == mcp::Kind::response) {
        session.level = level;
        clients_.level_was_set(exchange.route.server, session.caller, *wanted);
    }
    co_return reply;
}

awaitable<LegacyEndpoint::Reply> LegacyEndpoint::subscribe(LegacyExchange& exchange, Session& session) {
    const std::string_view uri = exchange.request().uri();
    if (uri.size() < 2 || uri.front() != '"')
        co_return Error(errc::invalid_params, "params.uri must be a string");
    // Another session's subscription may be all that is needed, and then nothing is forwarded.
    if (auto why = calls_.forbidden(session.caller, exchange.route.server, exchange.request()))
        co_return std::move(*why);
    const Subscription what(exchange.route.server, uri);
    if (session.subscriptions.size() >= kMaxSubscriptions && !session.subscriptions.contains(what))
        co_return Error(errc::busy, "this session has " + std::to_string(kMaxSubscriptions) +
                                        " subscriptions, the limit; give some up first");
    if (!clients_.needs_subscribe(session, what)) {
        session.subscriptions.insert(what);
        co_return empty_result(exchange.request().id());
    }
    auto reply = co_await forward(exchange, session);
    if (reply && reply->kind() == mcp::Kind::response)
        session.subscriptions.insert(what);
    co_return reply;
}

awaitable<LegacyEndpoint::Reply> LegacyEndpoint::unsubscribe(LegacyExchange& exchange, Session& session) {
    const std::string_view uri = exchange.request().uri();
    if (uri.size() < 2 || uri.front() != '"')
        co_return Error(errc::invalid_params, "params.uri must be a string");
    const Subscription what(exchange.route.server, uri);
    session.subscriptions.erase(what);
    // A server that does not run has no subscriptions; it is told of the present ones when it does.
    if (!clients_.needs_unsubscribe(session, what) || servers_.ready(exchange.route.server, session.caller) == nullptr)
        co_return empty_result(exchange.request().id());
    co_return co_await forward(exchange, session);
}

}  // namespace agenthub
