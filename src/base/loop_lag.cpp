// The timer that measures the loop.
// Owned by the gateway.

#include "base/loop_lag.hpp"

#include <boost/asio/this_coro.hpp>

namespace agenthub {
namespace {

constexpr Duration kPeriod{500};

}  // namespace

awaitable<void> LoopLag::run() {
    SteadyTimer timer(co_await asio::this_coro::executor);
    for (;;) {
        // From now, not from the last due time: one long stall must not be counted in the periods after it as well.
        const TimePoint due = Clock::now() + kPeriod;
        timer.expires_at(due);
        co_await timer.async_wait(use_awaitable);
        note(Clock::now() - due);
    }
}

}  // namespace agenthub
