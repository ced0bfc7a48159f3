// What the daemon says to a legacy client.
// Owned by the bridge.

#include <algorithm>
#include <utility>

#include "base/race.hpp"
#include "mcp/names.hpp"
#include "stdio/failure.hpp"
#include "stdio/legacy_link.hpp"
#include "stdio/legacy_sinks.hpp"

namespace agenthub {
namespace {

using How = HttpOutcome::How;

constexpr Duration kShortPause{50};
constexpr Duration kLongPause{2'000};

}  // namespace

// The general stream, from the client's notifications/initialized on.
awaitable<void> LegacyLink::hear() {
    unsigned session = 0;
    std::string from;
    for (;;) {
        while (!up_ || !memory_.is_initialized())
            co_await changed_.wait();
        if (session != session_)
            from.clear();
        session = session_;
        // A stream of a session that is no more may stay open.
        co_await ends_before(hear_once(from, session), until_lost(session));
    }
}

awaitable<void> LegacyLink::until_lost(unsigned session) {
    while (up_ && session == session_)
        co_await changed_.wait();
}

awaitable<void> LegacyLink::hear_once(std::string& from, unsigned session) {
    FromDaemon sink(*this, nullptr, session);
    auto outcome = co_await http_.get(fields(), from, "", sink);
    if (session != session_)
        co_return;
    from = outcome.last_event_id;
    if (outcome.how == How::unsent || is_session_lost(outcome)) {
        lost(session);
        co_return;
    }
    if (outcome.how == How::refused && outcome.status == 400)
        from.clear();  // what followed is not kept any more
    if (outcome.how == How::refused)
        sink.opened();  // it cannot be had, at least not now: nobody is to wait for it
    if (outcome.how == How::refused && outcome.status == 405) {
        co_await until_lost(session);
        co_return;
    }
    const Duration pause =
        outcome.how == How::refused ? kLongPause : std::clamp(outcome.retry, kShortPause, kLongPause);
    SteadyTimer timer(executor_, pause);
    co_await timer.async_wait(use_awaitable);
}

// The reply that a request waits for belongs to the client, whatever has become of the session meanwhile.
awaitable<void> LegacyLink::answer(mcp::Message message) {
    const std::string text = std::move(message).text();
    co_await out_.write(text);
}

awaitable<void> LegacyLink::forward(mcp::Message message, unsigned session) {
    if (session != session_)
        co_return;  // from a session that is no more
    std::string text;
    if (message.is_call()) {
        const std::string number = questions_.ask(message.id(), session);
        message.append_with_id(text, number);
    } else if (message.method() == mcp::method::cancelled) {
        const auto number = questions_.withdraw(message.request_id(), session);
        if (!number)
            co_return;
        message.append_patched(text, {{message.span_of(message.request_id()), *number}});
    } else {
        if (message.method() == mcp::method::tools_changed)
            tools_.clear();
        text = std::move(message).text();
    }
    co_await out_.write(text);
}

}  // namespace agenthub
