#include "base/loop_lag.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/task_group.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

TEST(LoopLag, keeps_the_last_and_the_longest) {
    LoopLag lag;
    EXPECT_EQ(lag.last(), 0us);
    lag.note(3ms);
    lag.note(900ns);
    EXPECT_EQ(lag.last(), 0us);
    EXPECT_EQ(lag.longest(), 3ms);
    lag.note(-5ms);
    EXPECT_EQ(lag.last(), 0us) << "a timer is never early";
    lag.note(4ms);
    EXPECT_EQ(lag.last(), 4ms);
    EXPECT_EQ(lag.longest(), 4ms);
}

// Something that holds the loop from before the timer is due until long after.
awaitable<void> hold_the_loop(Executor executor, Clock::duration held) {
    SteadyTimer timer(executor, 400ms);
    co_await timer.async_wait(use_awaitable);
    std::this_thread::sleep_for(held);
}

TEST(LoopLag, measures_what_holds_the_loop_up) {
    asio::io_context loop;
    LoopLag lag;
    TaskGroup tasks(loop.get_executor());
    auto body = [&]() -> awaitable<void> {
        tasks.spawn(lag.run(), "loop lag");
        co_await hold_the_loop(loop.get_executor(), 300ms);
        SteadyTimer turn(loop.get_executor(), 1ms);
        co_await turn.async_wait(use_awaitable);
        tasks.cancel();
        co_await tasks.join();
    };
    run_to_end(loop, body());
    EXPECT_GE(lag.longest(), 150ms);
    EXPECT_LT(lag.longest(), 60s);
    EXPECT_EQ(tasks.size(), 0U);
}

}  // namespace
}  // namespace agenthub
