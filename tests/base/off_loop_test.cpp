#include "base/off_loop.hpp"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/task_group.hpp"
#include "base/turns.hpp"

namespace agenthub {
namespace {

awaitable<void> ask(OffLoop& off_loop, std::thread::id& worker) {
    auto work = [] { return std::this_thread::get_id(); };
    worker = co_await off_loop.run(std::move(work));
}

TEST(OffLoop, work_runs_on_another_thread_and_its_result_comes_back) {
    asio::io_context loop(1);
    OffLoop off_loop(loop.get_executor());
    std::thread::id worker;
    run_to_end(loop, ask(off_loop, worker));
    EXPECT_NE(worker, std::thread::id());
    EXPECT_NE(worker, std::this_thread::get_id());
}

awaitable<void> ask_in_vain(OffLoop& off_loop, std::string& what) {
    auto work = []() -> int { throw std::runtime_error("no more threads"); };
    try {
        co_await off_loop.run(std::move(work));
    } catch (const std::runtime_error& error) {
        what = error.what();
    }
}

TEST(OffLoop, what_the_work_throws_reaches_who_waits_for_it) {
    asio::io_context loop(1);
    OffLoop off_loop(loop.get_executor());
    std::string what;
    run_to_end(loop, ask_in_vain(off_loop, what));
    EXPECT_EQ(what, "no more threads");
    std::thread::id worker;
    loop.restart();
    run_to_end(loop, ask(off_loop, worker));
    EXPECT_NE(worker, std::thread::id()) << "and the thread goes on";
}

awaitable<void> wait_for(OffLoop& off_loop, std::shared_future<void> gate) {
    auto work = [gate] {
        gate.wait();
        return 1;
    };
    const int one = co_await off_loop.run(std::move(work));
    static_cast<void>(one);
}

awaitable<void> cancel_and_open(TaskGroup& tasks, std::promise<void>& gate) {
    tasks.cancel();
    co_await tasks.join();
    gate.set_value();
}

TEST(OffLoop, who_waits_can_be_cancelled_while_the_work_goes_on) {
    asio::io_context loop(1);
    std::promise<void> gate;
    {
        OffLoop off_loop(loop.get_executor());
        TaskGroup tasks(loop.get_executor());
        tasks.spawn(wait_for(off_loop, gate.get_future().share()), "waiter");
        run_to_end(loop, cancel_and_open(tasks, gate));
        EXPECT_EQ(tasks.size(), 0U);
    }
}

awaitable<void> take_turn(Turns& turns, Event& go_on, std::vector<int>& order, int number) {
    const auto turn = co_await turns.take();
    order.push_back(number);
    co_await go_on.wait();
}

awaitable<void> drive(TaskGroup& tasks, TaskGroup& second, std::vector<Event*> events, std::vector<int>& order) {
    EXPECT_EQ(order, (std::vector<int>{1}));
    second.cancel();
    co_await second.join();
    events[0]->notify();
    events[2]->notify();
    co_await tasks.join();
}

TEST(Turns, come_in_order_and_who_leaves_is_passed_over) {
    asio::io_context loop(1);
    Turns turns(loop.get_executor());
    Event first(loop.get_executor());
    Event second(loop.get_executor());
    Event third(loop.get_executor());
    std::vector<int> order;
    TaskGroup tasks(loop.get_executor());
    TaskGroup leaving(loop.get_executor());
    tasks.spawn(take_turn(turns, first, order, 1), "first");
    leaving.spawn(take_turn(turns, second, order, 2), "second");
    tasks.spawn(take_turn(turns, third, order, 3), "third");
    run_to_end(loop, drive(tasks, leaving, {&first, &second, &third}, order));
    EXPECT_EQ(order, (std::vector<int>{1, 3}));
}

}  // namespace
}  // namespace agenthub
