// Calls back once after a while, unless it is forgotten before. Only where limits.poll_after is set does it exist.
// Owned by whoever wants to be called.

#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "base/async.hpp"

namespace agenthub {

class DropClock {
public:
    DropClock(Executor executor, Duration after, std::function<void()> due)
        : state_(std::make_shared<State>(executor, std::move(due))) {
        state_->timer.expires_after(after);
        // An expired timer's handler may be under way when the clock is forgotten: it looks whether it still exists.
        state_->timer.async_wait([alive = std::weak_ptr<State>(state_)](boost::system::error_code ec) {
            if (const auto state = alive.lock(); state != nullptr && !ec)
                state->due();
        });
    }

private:
    struct State {
        State(Executor executor, std::function<void()> d) : timer(executor), due(std::move(d)) {}
        SteadyTimer timer;
        std::function<void()> due;
    };
    std::shared_ptr<State> state_;  // owned by the clock alone; the handler only looks at it
};

}  // namespace agenthub
