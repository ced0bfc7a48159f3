// The way of a call, from the gate to the reply.
// Owned by the gateway.

#include "gateway/call_forwarder.hpp"

#include <boost/asio/this_coro.hpp>

#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {

namespace {

awaitable<result<mcp::Message>> refuse(Error why) {
    co_return std::move(why);
}

// What a hook or a model has taken must not be taken from the server's time. A limit of the call's own (InnerCaller),
// which no progress moves, holds for all of it.
void begin_anew(CallTime& time, const CallTime& of_server) {
    CallTime asked = time;
    asked.held();
    if (asked.limit() == "max_call_time")  // of a limit of its own never
        time = of_server;
}

}  // namespace

// Not a coroutine: what nobody has configured costs a branch.
awaitable<result<mcp::Message>> CallForwarder::forward(Exchange& exchange, CallRoute& route, const Session* session) {
    if (auto unrecorded = recorder_.refusal())
        return refuse(std::move(*unrecorded));
    if (hooks_.is_idle())
        return carry(exchange, route, session);
    return judge(exchange, route, session);
}

// Rights come before hooks, and hooks before whatever the server's state has to say.
awaitable<result<mcp::Message>> CallForwarder::judge(Exchange& exchange, CallRoute& route, const Session* session) {
    auto why = hooks_.refusal(exchange, route.server);
    if (why)
        co_return std::move(*why);
    const auto executor = co_await asio::this_coro::executor;
    HookedCall call(hooks_, exchange, route, executor);
    if (!call.is_seen())
        co_return co_await carry(exchange, route, session);
    auto early = co_await call.before();
    result<mcp::Message> reply = Error();
    if (early) {
        reply = std::move(*early);
    } else {
        if (call.has_waited())
            begin_anew(exchange.time(), time_of_call(route.server));
        reply = co_await carry(exchange, route, session);
    }
    co_return co_await call.after(std::move(reply));
}

awaitable<result<mcp::Message>> CallForwarder::carry(Exchange& exchange, CallRoute& route, const Session* session) {
    if (exchange.rewording != nullptr && exchange.rewording->wished) {
        auto why = refusal(exchange, route);
        if (why)
            co_return std::move(*why);
        co_await reword(exchange, route);
    }
    if (route.is_cancelled())
        co_return Error(errc::cancelled, "the client cancelled the call");
    // Before the pass, which gives its place back to it: a reload may remove the server meanwhile.
    const auto slot = servers_.hold(route.server);
    CallPass pass;
    if (slot != nullptr && !slot->gate().try_enter(pass)) {
        auto entered = co_await route.enter(slot->gate(), pass, exchange);
        if (!entered)
            co_return entered.error();
    }
    route.upstream = servers_.ready(route.server, exchange.caller());
    if (route.upstream == nullptr) {
        result<std::shared_ptr<Upstream>> started = nullptr;
        if (session != nullptr)
            started = co_await upstream_for(route.server, *session, exchange.deadline());
        else
            started = co_await servers_.upstream_for(route.server, exchange.caller(), exchange.deadline());
        if (!started) {
            pass.settle(started.error());
            co_return started.error();
        }
        route.upstream = std::move(*started);
    }
    if (route.is_cancelled())
        co_return Error(errc::cancelled, "the client cancelled the call");
    if (session == nullptr && exchange.log_level)
        clients_.want_level(route.server, exchange.caller(), *exchange.log_level);
    auto reply = co_await route.upstream->call(exchange);
    pass.settle(reply);
    if (exchange.rewording != nullptr && reply)
        CallEnhancer::tell(exchange, *reply);
    co_return reply;
}

// What a call will be refused for anyway must not cost it the time of a model, nor the model its own.
std::optional<Error> CallForwarder::refusal(const Exchange& exchange, const CallRoute& route) const {
    ServerSlot* slot = servers_.slot(route.server);
    if (slot == nullptr)
        return std::nullopt;
    auto why = slot->gate().refusal();
    if (!why)
        why = slot->refusal_of(exchange.caller());
    return why;
}

// Before the gate: a call that waits for a model takes no place at its server, and none of that server's time.
awaitable<void> CallForwarder::reword(Exchange& exchange, const CallRoute& route) {
    if (servers_.slot(route.server) == nullptr)  // the hub asks no model anything
        co_return;
    const bool waited = co_await enhancer_.reword(exchange, route);
    if (waited)
        begin_anew(exchange.time(), time_of_call(route.server));
}

awaitable<result<std::shared_ptr<Upstream>>> CallForwarder::upstream_for(std::string_view server,
                                                                         const Session& session, Deadline deadline) {
    auto upstream = co_await servers_.upstream_for(server, session.caller, deadline);
    if (!session.ended)
        co_return upstream;
    // While it waited: a process that was started for it belongs to nobody.
    clients_.session_ended(session);
    co_return Error(errc::cancelled, "the client ended its session");
}

bool CallForwarder::may_subscribe(const mcp::Caller& caller, std::string_view server, std::string_view uri) const {
    if (hooks_.is_idle())
        return true;
    const std::string params = R"({"uri":)" + std::string(uri) + "}";
    const auto request = mcp::Message::parse(mcp::make_call("0", mcp::method::subscribe, params));
    return request && !hooks_.refusal(caller, server, *request, {});
}

CallTime CallForwarder::time_of_call(std::string_view server) const {
    const ServerSlot* slot = servers_.slot(server);
    if (slot == nullptr)
        return Deadline::after(std::chrono::seconds(60));
    return {slot->config().call_timeout, slot->config().max_call_time};
}

}  // namespace agenthub
