// The rounds of a modern call: what its server wants to know first, and the request that brings it.
// Owned by the gateway.

#include "gateway/modern_endpoint.hpp"
#include "gateway/modern_replies.hpp"
#include "mcp/json_text.hpp"
#include "mcp/replies.hpp"

namespace agenthub {

// The parked call that a request with a state goes on with; else its own, which may be for a server that has given out
// the state itself.
result<std::shared_ptr<ModernCall>> ModernEndpoint::call_again(std::shared_ptr<ModernCall> retry, bool& resumed) {
    const auto brings = mcp::read_retry(retry->request());
    if (!brings)
        return brings.error();
    if (brings->empty() || speaks_modern(retry->route.server, retry->caller()))
        return retry;
    if (brings->request_state.empty()) {
        // Nothing ties these answers to a question: the call begins anew.
        retry->leave_out({"inputResponses"});
        return retry;
    }
    auto parked = parked_.take(mcp::unescape(brings->request_state), *retry);
    if (!parked)
        return parked.error();
    resumed = true;
    (*parked)->take_answers(brings->responses);
    return parked;
}

// The caller keeps the call.
awaitable<ModernEndpoint::Reply> ModernEndpoint::outcome_of(const std::shared_ptr<ModernCall>& call, bool resumed,
                                                            const HttpResponder& responder) {
    const bool may_park =
        resumed || (call->may_ask() && call->caller().can_answer && !speaks_modern(call->route.server, call->caller()));
    // A call that cannot be parked need not outlive its request.
    return may_park ? round_of(call, resumed, responder) : answer(*call);
}

awaitable<ModernEndpoint::Reply> ModernEndpoint::round_of(std::shared_ptr<ModernCall> call, bool resumed,
                                                          const HttpResponder& responder) {
    if (!resumed)
        tasks_.spawn(run_call(call), "modern call");
    co_await call->next();
    if (call->outcome())
        co_return call->take_outcome();
    if (responder.client_is_gone()) {
        call->cancel(R"("the client has closed its connection")");
        co_return Error(errc::cancelled, "the client has closed its connection");
    }
    co_return park(call);
}

// What the server wants to know; the call waits for the request that brings it.
ModernEndpoint::Reply ModernEndpoint::park(const std::shared_ptr<ModernCall>& call) {
    const auto questions = call->questions();
    // In the result a question stands deeper than in the request that it came in, and there is a limit to that.
    const auto fits = mcp::Message::parse(mcp::make_response("0", mcp::make_input_required(questions, R"("")")));
    if (!fits) {
        call->cancel(R"("AgentHub cannot pass the question on")");
        return Error(errc::server_unhealthy,
                     "server '" + call->route.server +
                         "' asked its client something that cannot be passed on: " + fits.error().message);
    }
    const auto state = parked_.park(call, Clock::now());
    if (state)
        return mcp::Message::parse(mcp::make_response("0", mcp::make_input_required(questions, *state)));
    call->cancel(R"("AgentHub holds too many calls that wait for their clients")");
    return state.error();
}

awaitable<void> ModernEndpoint::run_call(std::shared_ptr<ModernCall> call) {
    auto reply = co_await answer(*call);
    call->finish(std::move(reply));
}

}  // namespace agenthub
