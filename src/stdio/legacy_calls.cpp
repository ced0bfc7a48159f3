// Carrying the requests and notices of a legacy client.
// Owned by the bridge.

#include <algorithm>
#include <utility>

#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "stdio/failure.hpp"
#include "stdio/http_fields.hpp"
#include "stdio/legacy_link.hpp"
#include "stdio/legacy_sinks.hpp"

namespace agenthub {
namespace {

using How = HttpOutcome::How;

constexpr Duration kShortPause{50};
constexpr Duration kLongPause{2'000};

}  // namespace

awaitable<void> LegacyLink::initialize(ClientCall& call) {
    co_await end();  // whoever begins anew has done with the old
    lost(session_);
    session_id_.clear();
    session_ = 0;
    heard_ = false;
    memory_.begin(call.request);
    for (;;) {
        Quiet answer;
        auto all = post_fields();
        auto outcome = co_await http_.post(call.request.text(), std::move(all), call.id, answer);
        const bool again = outcome.how == How::unsent || outcome.how == How::broken;
        if (!again) {
            if (answer.reply && answer.reply->kind() == mcp::Kind::response) {
                session_id_ = outcome.session_id;
                version_ = mcp::unescape(mcp::member(answer.reply->result_member(), "protocolVersion"));
                session_ = ++sessions_;
                up_ = true;
                changed_.notify_all();
            }
            std::string text = answer.reply ? answer.reply->text() : refusal_reply(call.id, outcome);
            co_await out_.write(text);
            co_return;
        }
        const auto reached = co_await reach_.wait(Deadline::after(patience_));
        if (!reached) {
            const std::string text = failure_reply(call.id, reached.error());
            co_await out_.write(text);
            co_return;
        }
    }
}

awaitable<void> LegacyLink::run(ClientCall& call) {
    while (carried_ < call.ticket)
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
    if (tools_.is_repeatable(call.request) && ++call.repeats <= kMaxRepeats) {
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

void LegacyLink::notice(mcp::Message message) {
    waiting_.push_back(std::move(message));
    ++taken_;
    changed_.notify_all();
}

awaitable<void> LegacyLink::carry_notices() {
    for (;;) {
        while (waiting_.empty())
            co_await changed_.wait();
        mcp::Message message = std::move(waiting_.front());
        waiting_.pop_front();
        co_await carry(std::move(message));
        ++carried_;
        changed_.notify_all();
    }
}

awaitable<void> LegacyLink::carry(mcp::Message message) {
    std::string text;
    if (message.is_reply()) {
        const auto id = questions_.answer(message.id());
        if (!id)
            co_return;  // nobody waits for it any more
        message.append_with_id(text, *id);
    } else {
        text = message.text();
    }
    const unsigned first = session_;
    for (;;) {
        if (session_ == 0)
            co_return;  // before initialize there is nothing to say
        if (!up_) {
            const auto up = co_await until_up(Deadline::after(patience_));
            if (!up)
                break;
        }
        if (message.is_reply() && session_ != first)
            co_return;  // whoever asked has gone
        const unsigned session = session_;
        Quiet ignored;
        auto all = post_fields(fields());
        const auto outcome = co_await http_.post(text, std::move(all), "", ignored);
        if (outcome.how != How::unsent && !is_session_lost(outcome))
            break;
        lost(session);
    }
    // From now on it belongs to what each new session is told.
    if (session_ != 0)
        memory_.note(message);
    changed_.notify_all();
}

}  // namespace agenthub
