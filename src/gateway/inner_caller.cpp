// Calls of AgentHub's own.
// Owned by the gateway.

#include "gateway/inner_caller.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

#include "base/race.hpp"
#include "base/text.hpp"
#include "gateway/error_reply.hpp"
#include "gateway/reply_for_client.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kLeft = R"("the client has left")";
constexpr std::string_view kLate = R"("it took longer than it may")";

// There is nobody behind it who could be asked anything, and each call has a seat of its own.
mcp::Caller own_caller(const mcp::Caller& caller) {
    mcp::Caller own = caller;
    own.session_id.clear();
    own.capabilities = "{}";
    own.can_answer = false;
    own.revision = mcp::kNewestLegacy;
    own.since = Clock::now();
    return own;
}

std::string request_text(const InnerCall& call) {
    std::string params = R"({"name":)";
    append_json_string(params, call.tool);
    params += R"(,"arguments":)" + call.arguments;
    if (call.notify)
        params += R"(,"_meta":{"progressToken":1})";
    return mcp::make_call("1", mcp::method::tools_call, params + "}");
}

class InnerExchange final : public Exchange {
public:
    InnerExchange(mcp::Message request, const InnerOrigin& origin, const InnerCall& call, CallTime time,
                  ModernSeats& seats)
        : Exchange(std::move(request), caller_, time),
          route(call.server),
          caller_(own_caller(origin.caller)),
          call_(call),
          seats_(seats) {
        depth = origin.depth;
        seat_ = seats_.take(route.server, caller_, Clock::now());
        caller_.session_id = ModernSeats::session_of(seat_);
    }
    ~InnerExchange() override {
        if (!seat_.empty())
            seats_.leave(route.server, seat_, Clock::now());
    }

    void notify(mcp::Message message) override {
        if (call_.notify)
            call_.notify(message);
    }
    void ask(std::shared_ptr<Question> question) override {
        question->refuse(mcp::code::method_not_found, "a call of a batch or a pipeline has nobody who can be asked");
    }

    CallRoute route;

private:
    mcp::Caller caller_;
    const InnerCall& call_;
    ModernSeats& seats_;
    std::string seat_;
};

// As the record of a call wants it: the outer request, with what is this call's own.
HttpRequest request_of(const InnerOrigin& origin, const InnerCall& call) {
    HttpRequest request;
    request.verb = http::verb::post;
    request.verb_text = "POST";
    request.path = origin.path;
    request.fields = &origin.fields;
    request.body_bytes = call.arguments.size();
    request.peer_ip = origin.caller.client_ip;
    request.id = origin.request_id;
    request.began = Clock::now();
    request.began_unix_ms = unix_ms_now();
    return request;
}

awaitable<void> keep(awaitable<result<mcp::Message>> reply, result<mcp::Message>& out) {
    out = co_await std::move(reply);
}

// Cancels the call at its own limit. Never returns: for ends_before().
awaitable<void> cancel_in_time(InnerExchange& exchange, Deadline deadline, bool& is_late) {
    const auto executor = co_await asio::this_coro::executor;
    SteadyTimer timer(executor, deadline.at());
    co_await timer.async_wait(use_awaitable);
    is_late = true;
    exchange.route.cancel(exchange, kLate);
    timer.expires_at(TimePoint::max());
    co_await timer.async_wait(use_awaitable);
}

// A limit of the call's own holds for all of it, hooks and waiting for a model included, for which the server's begins
// anew; and at the hub no connection's clock ends anything.
awaitable<result<mcp::Message>> forward(CallForwarder& calls, InnerExchange& exchange, Deadline limit) {
    auto way = calls.forward(exchange, exchange.route, nullptr);
    if (limit.is_never())
        co_return co_await std::move(way);
    result<mcp::Message> reply = Error(errc::cancelled, "broken off");
    bool is_late = false;
    auto work = keep(std::move(way), reply);
    auto clock = cancel_in_time(exchange, limit, is_late);
    co_await ends_before(std::move(work), std::move(clock));
    if (is_late && !reply && reply.error().code == errc::cancelled)
        co_return Error(errc::call_timeout, "there was no answer within the time that was given to this call");
    co_return reply;
}

}  // namespace

awaitable<void> CallScope::pause(Duration time) {
    const auto executor = co_await asio::this_coro::executor;
    SteadyTimer timer(executor, Clock::now() + time);
    const auto stop = [&timer] { timer.cancel(); };
    const Part part(*this, stop);
    boost::system::error_code ignored;
    if (!ended_)
        co_await timer.async_wait(asio::redirect_error(use_awaitable, ignored));
}

InnerOrigin origin_of(const HttpRequest& request) {
    InnerOrigin origin;
    origin.caller.client_ip = request.peer_ip;
    origin.caller.client_id = client_id_of(request);
    origin.request_id = request.id;
    origin.path = request.path;
    origin.fields = CallEnhancer::fields_of(request);
    return origin;
}

InnerOrigin origin_of(const Exchange& exchange) {
    InnerOrigin origin;
    origin.caller = exchange.caller();
    origin.request_id = exchange.request_id;
    origin.path = "/mcp/hub";
    origin.depth = exchange.depth + 1;
    return origin;
}

awaitable<result<mcp::Message>> InnerCaller::call(const InnerOrigin& origin, const InnerCall& call, CallScope& scope) {
    if (scope.ended())
        co_return Error(errc::cancelled, "the client has left");
    auto message = mcp::Message::parse(request_text(call));
    if (!message)
        co_return message.error();
    const Deadline limit = call.timeout ? Deadline::after(*call.timeout) : Deadline();
    CallTime time = calls_.time_of_call(call.server);
    // What the hub's tools do has limits of its own.
    if (call.timeout || call.server == kHubName)
        time = CallTime(limit);
    const HttpRequest request = request_of(origin, call);
    InnerExchange exchange(std::move(*message), origin, call, time, seats_);
    calls_.note_wish(exchange, request);
    const auto stop = [&exchange] { exchange.route.cancel(exchange, kLeft); };
    const CallScope::Part part(scope, stop);
    auto reply = co_await forward(calls_, exchange, limit);
    if (reply && exchange.route.upstream != nullptr)
        adapt_for_legacy(*reply, exchange.request(), exchange.caller().revision,
                         exchange.route.upstream->info().modern);
    const unsigned status = reply ? 200 : mapping_of(reply.error().code).http_status;
    const std::uint64_t bytes = reply ? reply->text().size() : 0;
    const CallRecorder::Call row{request, status, bytes, exchange, call.server, servers_.slot(call.server)};
    // In strict mode a result counts when its row is committed: the reply that it will stand in has many.
    if (recorder_.is_strict())
        co_return co_await recorder_.keep(row, std::move(reply));
    recorder_.call(row, reply);
    co_return reply;
}

bool InnerCaller::is_repeatable(std::string_view server, std::string_view tool) const {
    const Catalogue* known = servers_.catalogue(server);
    const std::string* list = known == nullptr ? nullptr : known->list(mcp::method::tools_list);
    if (list == nullptr)
        return false;
    for (const std::string_view entry : mcp::elements_of(mcp::member(*list, "tools"))) {
        if (const auto name = mcp::member(entry, "name"); !name.starts_with('"') || mcp::unescape(name) != tool)
            continue;
        const std::string_view hints = mcp::member(entry, "annotations");
        return mcp::member(hints, "readOnlyHint") == "true" || mcp::member(hints, "idempotentHint") == "true";
    }
    return false;
}

awaitable<void> end_when_left(CallScope& scope, HttpResponder& responder) {
    const auto state = co_await asio::this_coro::cancellation_state;
    co_await responder.client_leaves();
    // It also returns when it is broken off, because the work has ended: then nobody has left.
    if (state.cancelled() != asio::cancellation_type::none)
        co_return;
    responder.close_after_reply();
    scope.end();
    const auto executor = co_await asio::this_coro::executor;
    SteadyTimer never(executor, TimePoint::max());
    co_await never.async_wait(use_awaitable);
}

std::string error_object(const Error& error) {
    return std::string(mcp::member(rpc_error("", error), "error"));
}

}  // namespace agenthub
