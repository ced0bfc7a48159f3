#include "supervisor/place_queue.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/task_group.hpp"

namespace agenthub {
namespace {

// Waits for one of `places`, notes its turn, and keeps it.
awaitable<void> visit(PlaceQueue& queue, int& places, int number, std::vector<int>& turns, Duration limit) {
    const Deadline deadline = Deadline::after(limit);
    PlaceQueue::Ticket ticket(queue);
    for (;;) {
        co_await ticket.wait(deadline);
        if (ticket.is_first() && places > 0) {
            --places;
            turns.push_back(number);
            co_return;
        }
        if (deadline.expired()) {
            turns.push_back(-number);
            co_return;
        }
    }
}

struct PlaceQueueTest : testing::Test {
    void begin(int number, Duration limit = std::chrono::seconds(20)) {
        tasks.spawn(visit(queue, places, number, turns, limit), "visit");
    }
    // Runs what is ready.
    void turn() {
        loop.restart();
        loop.poll();
    }
    void end() {
        loop.restart();
        loop.run();
    }

    asio::io_context loop;
    PlaceQueue queue{loop.get_executor()};
    TaskGroup tasks{loop.get_executor()};
    int places = 0;
    std::vector<int> turns;
};

TEST_F(PlaceQueueTest, serves_in_the_order_of_arrival_as_many_as_there_are_places) {
    for (const int number : {1, 2, 3})
        begin(number);
    turn();
    EXPECT_EQ(queue.size(), 3U);
    places = 2;
    queue.wake_first();
    turn();
    EXPECT_EQ(turns, (std::vector<int>{1, 2}));
    places = 1;
    queue.wake_first();
    end();
    EXPECT_EQ(turns, (std::vector<int>{1, 2, 3}));
    EXPECT_TRUE(queue.empty());
}

TEST_F(PlaceQueueTest, who_has_waited_too_long_goes_and_the_next_moves_up) {
    begin(1, Duration(20));
    begin(2);
    turn();
    // The second looks when the first has gone.
    while (turns.empty()) {
        loop.restart();
        loop.run_one();
    }
    places = 1;
    queue.wake_first();
    end();
    EXPECT_EQ(turns, (std::vector<int>{-1, 2}));
}

TEST_F(PlaceQueueTest, who_is_cancelled_leaves_the_queue) {
    begin(1);
    begin(2);
    turn();
    tasks.cancel();
    end();
    EXPECT_TRUE(queue.empty());
    EXPECT_TRUE(turns.empty());
}

}  // namespace
}  // namespace agenthub
