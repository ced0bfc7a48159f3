// Carrying the requests of a legacy client.
// Owned by the bridge.

#include <algorithm>
#include <optional>
#include <utility>

#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"
#include "stdio/failure.hpp"
#include "stdio/http_fields.hpp"
#include "stdio/legacy_link.hpp"
#include "stdio/legacy_sinks.hpp"

namespace agenthub {
namespace {

using How = HttpOutcome::How;

constexpr Duration kShortPause{50};
constexpr Duration kLongPause{2'000};
constexpr Duration kLongestPause{1'000};  // between two attempts to begin

Error not_begun(const std::string& where, const std::string& why) {
    return {errc::upstream_failed, "AgentHub at " + where + " breaks off whenever a session is opened (" + why +
                                       "); its log says why. Start the client again when it works"};
}

}  // namespace

// While it lives the client's other messages wait: they belong to the session that is being opened.
class LegacyLink::Opening {
public:
    explicit Opening(LegacyLink& link) : link_(link) { ++link_.opening_; }
    ~Opening() {
        --link_.opening_;
        link_.changed_.notify_all();
    }
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;

private:
    LegacyLink& link_;
};

awaitable<void> LegacyLink::initialize(ClientCall& call) {
    const Opening opening(*this);
    co_await end();  // whoever begins anew has done with the old
    ++begun_;
    lost(session_);
    session_id_.clear();
    session_ = 0;
    heard_ = false;
    memory_.begin(call.request);
    questions_.lose_all();
    news_.clear();
    co_await begin(call);
}

awaitable<void> LegacyLink::begin(ClientCall& call) {
    const unsigned begun = begun_;
    const Deadline deadline = Deadline::after(patience_);
    SteadyTimer timer(executor_);
    Duration pause = kShortPause;
    for (;;) {
        Quiet answer;
        auto all = post_fields();
        auto outcome = co_await http_.post(call.request.text(), std::move(all), call.id, answer);
        const bool broken = outcome.how == How::broken;
        if (outcome.how != How::unsent && !broken) {
            if (begun == begun_ && answer.reply && answer.reply->kind() == mcp::Kind::response)
                take_session(outcome, *answer.reply);
            std::string text = answer.reply ? answer.reply->text() : refusal_reply(call.id, outcome);
            co_await out_.write(text);
            co_return;
        }
        auto reached = co_await reach_.wait(deadline);
        if (reached && (deadline.expired() || (broken && ++call.repeats > kMaxRepeats)))
            reached = not_begun(http_.where(), outcome.why);
        if (!reached) {
            const std::string text = failure_reply(call.id, reached.error());
            co_await out_.write(text);
            co_return;
        }
        // A daemon that answers, but not to this, is not asked without end and without rest.
        timer.expires_after(pause);
        co_await timer.async_wait(use_awaitable);
        pause = std::min(pause * 2, kLongestPause);
    }
}

awaitable<void> LegacyLink::run(ClientCall& call) {
    if (opening_ != 0 && call.request.method() == mcp::method::ping) {
        const std::string text = mcp::make_response(call.id, "{}");
        co_await out_.write(text);
        co_return;
    }
    while ((opening_ != 0 || carried_ < call.ticket) && !call.cancelled)
        co_await changed_.wait();
    for (;;) {
        unsigned session = 0;
        if (session_ != 0) {  // else the daemon says what is missing
            const auto up = co_await until_up(Deadline::after(patience_));
            if (!up) {
                const std::string text = failure_reply(call.id, up.error());
                if (!call.cancelled)
                    co_await out_.write(text);
                co_return;
            }
            session = *up;
        }
        if (call.cancelled)
            co_return;
        auto outcome = co_await send(call, session);
        if (co_await settle(call, outcome, session))
            co_return;
    }
}

awaitable<HttpOutcome> LegacyLink::send(ClientCall& call, unsigned session) {
    call.sent = true;
    if (!call.repeatable)  // as it was when the client sent it: later the tools may be others, or not known yet
        call.repeatable = tools_.is_repeatable(call.request);
    FromDaemon sink(*this, &call, session);
    auto all = post_fields(fields());
    auto outcome = co_await http_.post(call.request.text(), std::move(all), call.id, sink);
    SteadyTimer timer(executor_);
    // A stream that ends before its answer is one to come back to.
    while ((outcome.how == How::ended || outcome.how == How::broken) && !outcome.last_event_id.empty() &&
           !call.cancelled && session == session_) {
        timer.expires_after(std::clamp(outcome.retry, kShortPause, kLongPause));
        co_await timer.async_wait(use_awaitable);
        auto next = co_await http_.get(fields(), outcome.last_event_id, call.id, sink);
        if (next.how == How::unsent || is_session_lost(next))
            lost(session);
        if (next.how == How::unsent || next.how == How::refused)
            next.how = How::broken;  // the call itself was sent, and its answer cannot be had any more
        if (next.how == How::ended && next.status == 204)
            next.last_event_id.clear();
        if (next.how == How::broken && next.status != 200)
            next.last_event_id.clear();
        outcome = std::move(next);
    }
    co_return outcome;
}

// True when the call is done with; false when it is to be sent again.
awaitable<bool> LegacyLink::settle(ClientCall& call, const HttpOutcome& outcome, unsigned session) {
    if (outcome.how == How::answered || call.cancelled)
        co_return true;
    if (outcome.how == How::unsent || is_session_lost(outcome)) {
        call.sent = false;
        if (session_ == 0) {
            const auto reached = co_await reach_.wait(Deadline::after(patience_));
            if (reached)
                co_return false;
            const std::string text = failure_reply(call.id, reached.error());
            co_await out_.write(text);
            co_return true;
        }
        lost(session);
        co_return false;
    }
    if (outcome.how == How::refused) {
        const std::string text = refusal_reply(call.id, outcome);
        co_await out_.write(text);
        co_return true;
    }
    if (call.repeatable.value_or(false) && ++call.repeats <= kMaxRepeats) {
        SteadyTimer timer(executor_, kShortPause);
        co_await timer.async_wait(use_awaitable);
        co_return false;
    }
    const std::string text = failure_reply(call.id, outcome_unknown(call.request));
    co_await out_.write(text);
    co_return true;
}

void LegacyLink::note_success(const ClientCall& call, const mcp::Message& reply) {
    if (reply.kind() != mcp::Kind::response)
        return;
    memory_.succeeded(call.request);
    if (call.request.method() == mcp::method::tools_list)
        tools_.learn(reply);
}

}  // namespace agenthub
