// Wakes one waiting coroutine: the cheapest bridge from "something happened" to "go on".
// Owned by whoever signals; loop thread only.

#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include <optional>
#include <utility>

#include "base/async.hpp"

namespace agenthub {

// Auto-reset: a notify() without a waiter is kept for the next wait(), once. At most one waiter at a time.
// No timer and no allocation of its own: a call's answer wakes its coroutine through this.
class Event {
public:
    explicit Event(Executor executor) noexcept : executor_(executor) {}
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    // Wakes the waiter at the next turn of the loop, never inside this call.
    void notify() {
        if (waiter_)
            complete({});
        else
            set_ = true;
    }

    bool has_waiter() const noexcept { return waiter_.has_value(); }

    // Returns after a notify(). Throws operation_aborted when the coroutine is cancelled. Not a coroutine itself: each
    // call waits here once.
    awaitable<void> wait() {
        if (std::exchange(set_, false))
            return at_once();
        auto start = [this](auto handler) { begin(std::move(handler)); };
        return asio::async_initiate<const asio::use_awaitable_t<Executor>&, void(boost::system::error_code)>(
            start, use_awaitable);
    }

private:
    using Handler = asio::async_result<asio::use_awaitable_t<Executor>, void(boost::system::error_code)>::handler_type;

    static awaitable<void> at_once() { co_return; }

    void begin(Handler handler) {
        slot_ = asio::get_associated_cancellation_slot(handler);
        waiter_.emplace(std::move(handler));
        if (slot_.is_connected())
            slot_.assign([this](asio::cancellation_type) {
                if (waiter_)
                    complete(asio::error::operation_aborted);
            });
        // Notified between wait() and its co_await.
        if (std::exchange(set_, false))
            complete({});
    }

    void complete(boost::system::error_code ec) {
        // Cleared first: the slot must not reach an event that may be gone before the coroutine's next operation. When
        // the cancellation itself calls us, the slot's handler is running and replaces itself only afterwards.
        if (!ec && slot_.is_connected())
            slot_.clear();
        auto resume = [handler = std::move(*waiter_), ec]() mutable { std::move(handler)(ec); };
        waiter_.reset();
        asio::post(executor_, std::move(resume));
    }

    Executor executor_;
    std::optional<Handler> waiter_;
    asio::cancellation_slot slot_;
    bool set_ = false;
};

}  // namespace agenthub
