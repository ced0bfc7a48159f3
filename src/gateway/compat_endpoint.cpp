// Calls of clients that know the prototype alone.
// Owned by the gateway.

#include "gateway/compat_endpoint.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

#include "base/race.hpp"
#include "gateway/error_reply.hpp"
#include "gateway/reply_for_client.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

// The prototype's clients pass on what they get, so a result keeps all that the newest revision has.
mcp::Caller caller_of(const HttpRequest& request) {
    mcp::Caller caller;
    caller.client_ip = request.peer_ip;
    caller.client_id = client_id_of(request);
    caller.revision = mcp::kNewestLegacy;
    caller.since = request.began;
    return caller;
}

// One call without a session: there is nobody to be asked, and nobody who hears what precedes the answer.
class CompatExchange final : public Exchange {
public:
    CompatExchange(mcp::Message request, mcp::Caller caller, CallTime time, std::string server, ModernSeats& seats)
        : Exchange(std::move(request), own_caller_, time),
          route(std::move(server)),
          own_caller_(std::move(caller)),
          seats_(seats) {
        seat_ = seats_.take(route.server, own_caller_, Clock::now());
        own_caller_.session_id = ModernSeats::session_of(seat_);
    }
    ~CompatExchange() override {
        if (!seat_.empty())
            seats_.leave(route.server, seat_, Clock::now());
    }

    void notify(mcp::Message) override {}
    void ask(std::shared_ptr<Question> question) override {
        question->refuse(mcp::code::method_not_found, "a client without a session cannot be asked anything");
    }

    CallRoute route;

private:
    mcp::Caller own_caller_;
    ModernSeats& seats_;
    std::string seat_;
};

// Cancels the call when its client has closed the connection: nobody else could take the answer. Never returns.
awaitable<void> cancel_when_left(CompatExchange& exchange, HttpResponder& responder) {
    const auto state = co_await asio::this_coro::cancellation_state;
    co_await responder.client_leaves();
    // It also returns when it is broken off, because the call has ended: then nobody has left.
    if (state.cancelled() != asio::cancellation_type::none)
        co_return;
    responder.close_after_reply();
    exchange.route.cancel(exchange, R"("the client has closed its connection")");
    const auto executor = co_await asio::this_coro::executor;
    SteadyTimer never(executor, TimePoint::max());
    co_await never.async_wait(use_awaitable);
}

awaitable<void> keep(awaitable<result<mcp::Message>> reply, result<mcp::Message>& out) {
    out = co_await std::move(reply);
}

// What needs somebody who listens, or who comes back as the same client.
bool needs_session(std::string_view method) {
    return method == mcp::method::set_level || method == mcp::method::subscribe || method == mcp::method::unsubscribe ||
           method.starts_with("tasks/");
}

// The handshake is AgentHub's, a call is cancelled by leaving, and the rest are of clients that can be asked.
bool is_for_server(std::string_view notification) {
    return notification != mcp::method::initialized && notification != mcp::method::cancelled &&
           notification != mcp::method::progress && notification != mcp::method::roots_changed;
}

bool is_failed_start(errc code) {
    switch (code) {
        case errc::start_failed:
        case errc::start_exited:
        case errc::start_refused:
        case errc::start_timeout:
        case errc::server_disabled: return true;
        default: return false;
    }
}

// What a client gets for a call that AgentHub had to fail: HTTP says it only where the prototype did.
HttpReply failure_reply(std::string_view id, const std::string& server, const Error& error) {
    HttpReply reply = failed_call_reply(id, error);
    if (error.code == errc::server_unknown) {
        reply = detail_reply(404, error.message);
    } else if (error.code == errc::forbidden || error.code == errc::hook_refused) {
        return reply;
    } else if (error.code == errc::server_stopped) {
        reply.body = detail_reply(503, "Server " + server + " is not running: " + error.message).body;
    } else if (is_failed_start(error.code)) {
        reply.body = detail_reply(503, "Failed to auto-start server: " + error.message).body;
    } else {
        reply.status = 200;
        reply.headers.clear();
    }
    return reply;
}

}  // namespace

std::optional<HttpReply> CompatEndpoint::admit(const Route& route) const {
    // A view, or all servers together, has no name that could stand here.
    if (route.server == kHubName || servers_.slot(route.server) != nullptr)
        return std::nullopt;
    return detail_reply(404, "Server " + route.server + " not found");
}

// Whether a call may reach the server: it runs, or is about to, or a call starts it. With its breaker open the call is
// refused anyway, and says for how long.
bool CompatEndpoint::may_run(std::string_view server) const {
    const ServerSlot* slot = servers_.slot(server);
    if (slot == nullptr || slot->config().auto_start)
        return true;
    const ServerState state = slot->status().state;
    return (state != ServerState::stopped && state != ServerState::failed) ||
           slot->gate().breaker().state == BreakerState::open;
}

static std::string why_not_running(const std::string& server, const ServerSlot* slot) {
    std::string why = "Server " + server + " is not running";
    if (slot != nullptr && !slot->config().disabled_reason.empty())
        why += ": disabled: " + slot->config().disabled_reason;
    return why;
}

awaitable<void> CompatEndpoint::serve(const Route& route, HttpRequest& request, HttpResponder& responder) {
    CompatRequest asked = read_compat_request(request.body, route.rest);
    const std::string_view nothing;
    // Whoever may not call a server is not told how it is.
    if (asked.message && (asked.message->is_call() || is_for_server(asked.message->method()))) {
        const auto why = calls_.forbidden(caller_of(request), route.server, *asked.message);
        if (why) {
            const std::string method(asked.message->method());
            auto refusal = failed_call_reply(asked.id, *why);
            co_await answer(request, responder, route.server, method, std::move(refusal), why->message);
            co_return;
        }
    }
    if (!may_run(route.server)) {
        const std::string why = why_not_running(route.server, servers_.slot(route.server));
        auto refusal = detail_reply(503, why);
        co_await answer(request, responder, route.server, nothing, std::move(refusal), why);
        co_return;
    }
    if (!asked.message) {
        const Error error = asked.message.error();
        HttpReply reply;
        reply.body = rpc_error(asked.id, error);
        co_await answer(request, responder, route.server, nothing, std::move(reply), error.message);
        co_return;
    }
    if (asked.message->is_call()) {
        co_await call(request, responder, route.server, std::move(asked));
        co_return;
    }
    const std::string_view method = asked.message->method();
    if (is_for_server(method))
        if (const auto upstream = servers_.ready(route.server, caller_of(request)))
            upstream->notify(*asked.message);
    HttpReply accepted;
    accepted.status = 202;
    co_await answer(request, responder, route.server, method, std::move(accepted), nothing);
}

awaitable<void> CompatEndpoint::answer(HttpRequest& request, HttpResponder& responder, std::string_view server,
                                       std::string_view method, HttpReply reply, std::string_view why) {
    co_await responder.send(reply);
    CallRecorder::Plain row{request, reply.status, responder.body_bytes(), method, server, {}, {}, why};
    if (!why.empty())
        row.outcome = Outcome::refused;
    recorder_.plain(row);
}

awaitable<void> CompatEndpoint::call(HttpRequest& request, HttpResponder& responder, const std::string& server,
                                     CompatRequest asked) {
    const std::string id = asked.id.empty() ? std::string("null") : asked.id;
    CompatExchange exchange(std::move(*asked.message), caller_of(request), calls_.time_of_call(server), server, seats_);
    calls_.note_wish(exchange, request);
    Reply reply = Error(errc::cancelled, "the client has left");
    auto work = keep(forward(exchange, exchange.route), reply);
    auto watch = cancel_when_left(exchange, responder);
    co_await ends_before(std::move(work), std::move(watch));
    if (reply) {
        co_await responder.send_message(*reply, id);
    } else {
        const auto failure = failure_reply(id, server, reply.error());
        co_await responder.send(failure);
    }
    recorder_.call({request, responder.status(), responder.body_bytes(), exchange, server, servers_.slot(server)},
                   reply);
}

awaitable<CompatEndpoint::Reply> CompatEndpoint::forward(Exchange& exchange, CallRoute& route) {
    const mcp::Message& request = exchange.request();
    if (auto unrecorded = recorder_.refusal())
        co_return std::move(*unrecorded);
    if (request.method() == mcp::method::initialize)
        co_return co_await initialize(exchange, route.server);
    if (needs_session(request.method()))
        co_return Error(errc::method_not_found,
                        std::string(request.method()) + " needs a session; open one at /mcp/" + route.server);
    auto reply = co_await calls_.forward(exchange, route, nullptr);
    if (!reply)
        co_return reply;
    adapt_for_legacy(*reply, request, exchange.caller().revision, route.is_of_modern_server());
    if (request.method() == mcp::method::tools_list && reply->kind() == mcp::Kind::response) {
        std::string text;
        const std::string list = with_schema_properties(reply->result_member());
        reply->append_patched(text, {{reply->result_span(), list}});
        replace_text(*reply, std::move(text));
    }
    co_return reply;
}

// The handshake with the server is AgentHub's: what the server has said in it is repeated.
awaitable<CompatEndpoint::Reply> CompatEndpoint::initialize(const Exchange& exchange, std::string_view server) {
    const auto upstream = co_await servers_.upstream_for(server, exchange.caller(), exchange.deadline());
    if (!upstream)
        co_return upstream.error();
    ServerInfo info = (*upstream)->info();
    info.capabilities = shared_capabilities(info.capabilities);
    std::string version;
    if (const auto wish = mcp::member(exchange.request().params(), "protocolVersion"); wish.starts_with('"'))
        version = mcp::unescape(wish);
    const auto& agreed = mcp::traits(mcp::negotiate_legacy(version)).name;
    co_return mcp::Message::parse(mcp::make_response("0", initialize_result_for(info, agreed)));
}

}  // namespace agenthub
