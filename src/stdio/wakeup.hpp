// Wakes everybody who waits for something to have changed; each looks again whether it is what he waits for.
// Owned by whoever changes it; loop thread only.

#pragma once

#include <boost/asio/as_tuple.hpp>

#include "base/async.hpp"
#include "base/deadline.hpp"

namespace agenthub {

class Wakeup {
public:
    explicit Wakeup(Executor executor) : timer_(executor, TimePoint::max()) {}

    void notify_all() { timer_.cancel(); }

    // Until the next notify_all(). A cancelled coroutine throws at its next co_await.
    awaitable<void> wait() { co_await timer_.async_wait(asio::as_tuple(use_awaitable)); }

private:
    SteadyTimer timer_;  // never expires
};

}  // namespace agenthub
