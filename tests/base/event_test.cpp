#include "base/event.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "base/task_group.hpp"

namespace agenthub {
namespace {

awaitable<void> wait_and_count(Event& event, int& count) {
    co_await event.wait();
    ++count;
}

awaitable<void> wait_on_own_event(int& ended) {
    auto event = std::make_unique<Event>(co_await asio::this_coro::executor);
    try {
        co_await event->wait();
    } catch (...) {
        ++ended;
        throw;
    }
}

TEST(Event, notify_wakes_the_waiter_and_is_kept_when_there_is_none) {
    asio::io_context loop;
    int count = 0;
    auto body = [&]() -> awaitable<void> {
        Event event(loop.get_executor());
        event.notify();
        event.notify();
        co_await wait_and_count(event, count);
        EXPECT_EQ(count, 1);
        TaskGroup group(loop.get_executor());
        group.spawn(wait_and_count(event, count), "waiter");
        while (!event.has_waiter()) {
            SteadyTimer turn(loop.get_executor(), TimePoint());
            co_await turn.async_wait(use_awaitable);
        }
        EXPECT_EQ(count, 1) << "a second notify before the wait must not have been kept twice";
        event.notify();
        EXPECT_EQ(count, 1) << "resumed inside notify()";
        co_await group.join();
        EXPECT_EQ(count, 2);
    };
    run_to_end(loop, body());
}

// The wait begins with the co_await, and misses nothing before it.
TEST(Event, notify_between_wait_and_co_await_is_not_lost) {
    asio::io_context loop;
    bool went_on = false;
    auto body = [&]() -> awaitable<void> {
        Event event(loop.get_executor());
        auto waiting = event.wait();
        event.notify();
        co_await std::move(waiting);
        went_on = true;
        EXPECT_FALSE(event.has_waiter());
    };
    run_to_end(loop, body());
    EXPECT_TRUE(went_on);
}

TEST(Event, cancellation_ends_the_wait) {
    asio::io_context loop;
    int ended = 0;
    auto body = [&]() -> awaitable<void> {
        TaskGroup group(loop.get_executor());
        group.spawn(wait_on_own_event(ended), "waiter");
        SteadyTimer turn(loop.get_executor(), std::chrono::milliseconds(1));
        co_await turn.async_wait(use_awaitable);
        group.cancel();
        co_await group.join();
    };
    run_to_end(loop, body());
    EXPECT_EQ(ended, 1);
}

TEST(Event, a_cancellation_after_the_event_is_gone_harms_nothing) {
    asio::io_context loop;
    int count = 0;
    auto waits_then_sleeps = [&](bool& woken) -> awaitable<void> {
        auto event = std::make_unique<Event>(loop.get_executor());
        event->notify();
        co_await event->wait();
        auto second = std::make_unique<Event>(loop.get_executor());
        Event* raw = second.get();
        asio::post(loop, [raw] { raw->notify(); });
        co_await second->wait();
        second.reset();
        event.reset();
        woken = true;
        SteadyTimer timer(loop.get_executor(), std::chrono::hours(1));
        co_await timer.async_wait(use_awaitable);
        ++count;
    };
    bool woken = false;
    auto body = [&]() -> awaitable<void> {
        TaskGroup group(loop.get_executor());
        group.spawn(waits_then_sleeps(woken), "waiter");
        while (!woken) {
            SteadyTimer turn(loop.get_executor(), std::chrono::milliseconds(1));
            co_await turn.async_wait(use_awaitable);
        }
        group.cancel();
        co_await group.join();
    };
    run_to_end(loop, body());
    EXPECT_EQ(count, 0);
}

}  // namespace
}  // namespace agenthub
