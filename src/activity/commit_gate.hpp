// Where replies wait for their rows in strict mode: a reply may leave when the row that tells of it is committed.
// Loop thread only. Shared by the service, its log, and what the SQLite thread posts to the loop.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/async.hpp"
#include "base/error.hpp"

namespace agenthub {

class CommitGate : public std::enable_shared_from_this<CommitGate> {
public:
    // How long a row may take when the database tells of no failure: another process may hold it.
    static constexpr Duration kLimit{5000};

    explicit CommitGate(Executor executor) : executor_(executor) {}

    // Returns when the row is committed. Errors: errc::record_lost with the reason when it could not be, or not in
    // time.
    awaitable<result<void>> committed(std::int64_t row);

    // Why no call may be made now: rows cannot be written. Empty when they can.
    const std::string& failure() const noexcept { return failure_; }

    // News of the SQLite thread, on the loop: all rows up to `row` are committed, or given up; nothing can be written
    // at present; it can again.
    void settled(std::int64_t row, bool committed);
    void failing(std::string why);
    void recovered() { failure_.clear(); }

    // Calls `hand_over` at the next turn of the loop, once for all that ask meanwhile; after the end of whoever set it
    // nothing.
    void hand_over_soon();
    void on_hand_over(std::function<void()> hand_over) { hand_over_ = std::move(hand_over); }

    // Replies that wait.
    std::size_t waiting() const noexcept { return waiting_.size(); }

private:
    struct Waiter;
    using Waiters = std::multimap<std::int64_t, Waiter*>;

    void release(Waiters::iterator end, bool committed);

    Executor executor_;
    Waiters waiting_;  // those not yet told, by row; they live in the frames of the coroutines
    std::int64_t settled_ = 0;
    std::int64_t kept_before_ = 0;  // what is settled behind it was given up; asked for at once, or not at all
    std::string failure_;
    std::function<void()> hand_over_;
    bool soon_ = false;
};

}  // namespace agenthub
