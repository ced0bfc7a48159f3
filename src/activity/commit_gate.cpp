// Replies waiting for their rows.
// Loop thread only.

#include "activity/commit_gate.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include <optional>
#include <utility>

namespace agenthub {

// In the frame of a waiting coroutine, and in the table until it is told.
struct CommitGate::Waiter {
    Waiter(Executor executor, Waiters& all, std::int64_t row)
        : timer(executor, Clock::now() + kLimit), table(all), place(all.emplace(row, this)) {}
    ~Waiter() {
        if (!outcome)
            table.erase(place);
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    SteadyTimer timer;
    Waiters& table;
    Waiters::iterator place;
    std::optional<bool> outcome;
};

awaitable<result<void>> CommitGate::committed(std::int64_t row) {
    const auto alive = shared_from_this();
    const bool given_up = row > kept_before_ && row <= settled_;
    if (row <= settled_ && !given_up)
        co_return result<void>();
    if (failure_.empty() && !given_up) {
        Waiter waiter(executor_, waiting_, row);
        boost::system::error_code interrupted;
        co_await waiter.timer.async_wait(asio::redirect_error(use_awaitable, interrupted));
        if (waiter.outcome.value_or(false))
            co_return result<void>();
    }
    std::string why = failure_;
    if (why.empty())
        why = given_up ? "The database refused it" : "It was not committed in time: is the database locked?";
    co_return Error(errc::record_lost,
                    "the call was made, but its record could not be kept, so its answer is held back "
                    "(activity.mode is strict). Do not repeat it blindly. " +
                        why);
}

void CommitGate::release(Waiters::iterator end, bool committed) {
    for (auto at = waiting_.begin(); at != end; at = waiting_.erase(at)) {
        at->second->outcome = committed;
        at->second->timer.cancel();
    }
}

void CommitGate::settled(std::int64_t row, bool committed) {
    release(waiting_.upper_bound(row), committed);
    settled_ = row;
    if (committed) {
        kept_before_ = row;
        recovered();
    }
    if (hand_over_)
        hand_over_();
}

void CommitGate::failing(std::string why) {
    failure_ = std::move(why);
    release(waiting_.end(), false);
}

void CommitGate::hand_over_soon() {
    if (std::exchange(soon_, true))
        return;
    asio::post(executor_, [self = shared_from_this()] {
        self->soon_ = false;
        if (self->hand_over_)
            self->hand_over_();
    });
}

}  // namespace agenthub
