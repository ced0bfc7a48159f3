#include "base/task_group.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "base/race.hpp"

namespace agenthub {
namespace {

awaitable<void> sleep_for_ms(int ms) {
    SteadyTimer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(ms));
    co_await timer.async_wait(use_awaitable);
}

awaitable<void> sleep_then_set(int ms, bool& flag) {
    co_await sleep_for_ms(ms);
    flag = true;
}

awaitable<void> throw_something() {
    co_await sleep_for_ms(0);
    throw std::runtime_error("on purpose");
}

awaitable<result<int>> seven_after(int ms) {
    co_await sleep_for_ms(ms);
    co_return 7;
}

TEST(TaskGroup, join_waits_for_every_task) {
    asio::io_context loop;
    bool first = false;
    bool second = false;
    auto body = [&]() -> awaitable<void> {
        TaskGroup group(loop.get_executor());
        group.spawn(sleep_then_set(1, first), "first");
        group.spawn(sleep_then_set(5, second), "second");
        co_await group.join();
        EXPECT_EQ(group.size(), 0U);
    };
    run_to_end(loop, body());
    EXPECT_TRUE(first);
    EXPECT_TRUE(second);
}

TEST(TaskGroup, cancel_ends_tasks_that_would_run_for_ever) {
    asio::io_context loop;
    bool reached = false;
    auto body = [&]() -> awaitable<void> {
        TaskGroup group(loop.get_executor());
        for (int i = 0; i < 10; ++i)
            group.spawn(sleep_then_set(3'600'000, reached), "hour");
        co_await sleep_for_ms(1);
        group.cancel();
        co_await group.join();
    };
    run_to_end(loop, body());
    EXPECT_FALSE(reached);
}

TEST(TaskGroup, an_exception_ends_its_own_task_only) {
    asio::io_context loop;
    bool other = false;
    auto body = [&]() -> awaitable<void> {
        TaskGroup group(loop.get_executor());
        group.spawn(throw_something(), "thrower");
        group.spawn(sleep_then_set(2, other), "other");
        co_await group.join();
    };
    run_to_end(loop, body());
    EXPECT_TRUE(other);
}

TEST(TaskGroup, counts_the_tasks_of_all_groups_while_they_live) {
    asio::io_context loop;
    const std::size_t before = TaskGroup::alive();
    bool first = false;
    bool second = false;
    std::size_t during = 0;
    auto body = [&]() -> awaitable<void> {
        TaskGroup one(loop.get_executor());
        TaskGroup two(loop.get_executor());
        one.spawn(sleep_then_set(1, first), "first");
        two.spawn(sleep_then_set(1, second), "second");
        two.spawn(throw_something(), "thrower");
        during = TaskGroup::alive();
        co_await one.join();
        co_await two.join();
    };
    run_to_end(loop, body());
    EXPECT_EQ(during, before + 3);
    EXPECT_EQ(TaskGroup::alive(), before);
}

TEST(TaskGroup, does_not_count_tasks_that_went_with_their_loop) {
    const std::size_t before = TaskGroup::alive();
    {
        asio::io_context loop;
        bool never = false;
        TaskGroup group(loop.get_executor());
        group.spawn(sleep_then_set(3'600'000, never), "abandoned");
        EXPECT_EQ(TaskGroup::alive(), before + 1);
        loop.stop();
    }
    EXPECT_EQ(TaskGroup::alive(), before);
}

TEST(WithDeadline, passes_the_result_through_in_time) {
    asio::io_context loop;
    auto body = [&]() -> awaitable<void> {
        const auto got = co_await with_deadline(seven_after(1), Deadline::after(std::chrono::seconds(60)));
        EXPECT_TRUE(got.has_value());
        EXPECT_EQ(*got, 7);
    };
    run_to_end(loop, body());
}

TEST(WithDeadline, cancels_what_is_late) {
    asio::io_context loop;
    auto body = [&]() -> awaitable<void> {
        const auto got = co_await with_deadline(seven_after(3'600'000), Deadline::after(Duration(1)));
        EXPECT_TRUE(got.has_error());
        EXPECT_EQ(got.error().code, errc::timeout);
    };
    run_to_end(loop, body());
    EXPECT_EQ(loop.run(), 0U) << "something is left on the loop";
}

TEST(Deadline, never_is_later_than_anything) {
    EXPECT_TRUE(Deadline().is_never());
    EXPECT_FALSE(Deadline().expired());
    EXPECT_EQ(Deadline().remaining(), Duration::max());
    const auto soon = Deadline::after(Duration(5));
    EXPECT_EQ(Deadline().earlier(soon).at(), soon.at());
}

TEST(EndsBefore, ends_with_the_first_and_cancels_the_other) {
    for (const bool task_first : {true, false}) {
        asio::io_context loop;
        bool task_ended = false;
        bool other_ended = false;
        auto body = [&]() -> awaitable<void> {
            auto task = sleep_then_set(task_first ? 1 : 60'000, task_ended);
            auto other = sleep_then_set(task_first ? 60'000 : 1, other_ended);
            const bool first = co_await ends_before(std::move(task), std::move(other));
            EXPECT_EQ(first, task_first);
        };
        run_to_end(loop, body());
        EXPECT_EQ(task_ended, task_first);
        EXPECT_EQ(other_ended, !task_first);
    }
}

TEST(EndsBefore, hands_on_what_the_task_throws) {
    asio::io_context loop;
    bool never = false;
    auto body = [&]() -> awaitable<void> {
        auto task = throw_something();
        auto other = sleep_then_set(60'000, never);
        co_await ends_before(std::move(task), std::move(other));
    };
    EXPECT_THROW(run_to_end(loop, body()), std::runtime_error);
    EXPECT_FALSE(never);
}

}  // namespace
}  // namespace agenthub
