// Tests of Bulkhead: its limits, whose turn it is, and who gives way in a full queue.

#include "base/bulkhead.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace agenthub {
namespace {

using Waiter = Bulkhead::Waiter;

struct BulkheadTest : testing::Test {
    // A bulkhead whose `places` are taken.
    explicit BulkheadTest(std::size_t places = 1, std::size_t queue = 100) : bulkhead({places, queue}) {
        while (bulkhead.running() < places)
            EXPECT_TRUE(bulkhead.try_enter());
    }
    Bulkhead::Queued queue(const std::string& client, unsigned cost = 1) {
        waiters.emplace_back(client, cost);
        names.push_back(client);
        return bulkhead.add(waiters.back());
    }
    std::string name_of(const Waiter* waiter) {
        for (std::size_t i = 0; i < waiters.size(); ++i)
            if (&waiters[i] == waiter)
                return names[i];
        return "";
    }
    // Whose calls run, one after the other, when `calls` have ended.
    std::string turns(int calls) {
        std::string out;
        for (int i = 0; i < calls; ++i)
            out += name_of(bulkhead.leave());
        return out;
    }

    Bulkhead bulkhead;
    std::deque<Waiter> waiters;
    std::vector<std::string> names;
};

struct SmallQueue : BulkheadTest {
    SmallQueue() : BulkheadTest(1, 4) {}
};

TEST(BulkheadLimit, lets_exactly_so_many_run) {
    Bulkhead bulkhead({4, 1});
    for (int i = 0; i < 4; ++i)
        EXPECT_TRUE(bulkhead.try_enter());
    EXPECT_FALSE(bulkhead.try_enter());
    EXPECT_EQ(bulkhead.leave(), nullptr);
    EXPECT_TRUE(bulkhead.try_enter());
    EXPECT_FALSE(bulkhead.try_enter());
    EXPECT_EQ(bulkhead.running(), 4U);
}

TEST(BulkheadLimit, of_zero_is_none) {
    Bulkhead bulkhead{BulkheadLimits()};
    for (int i = 0; i < 100'000; ++i)
        EXPECT_TRUE(bulkhead.try_enter());
    EXPECT_EQ(bulkhead.running(), 100'000U);
}

TEST_F(BulkheadTest, a_place_goes_from_hand_to_hand_while_calls_wait) {
    queue("a");
    EXPECT_EQ(turns(1), "a");
    EXPECT_EQ(bulkhead.running(), 1U);
    EXPECT_FALSE(bulkhead.try_enter());
    EXPECT_EQ(bulkhead.leave(), nullptr);
    EXPECT_EQ(bulkhead.running(), 0U);
    EXPECT_TRUE(bulkhead.try_enter());
}

TEST_F(BulkheadTest, a_larger_limit_lets_waiting_calls_in_and_a_smaller_one_holds_as_calls_end) {
    queue("a");
    queue("b");
    queue("c");
    EXPECT_EQ(bulkhead.admit(), nullptr) << "no place yet";
    bulkhead.set_limits({3, 100});
    EXPECT_EQ(name_of(bulkhead.admit()), "a");
    EXPECT_EQ(name_of(bulkhead.admit()), "b");
    EXPECT_EQ(bulkhead.admit(), nullptr);
    EXPECT_EQ(bulkhead.running(), 3U);
    bulkhead.set_limits({1, 100});
    EXPECT_EQ(bulkhead.leave(), nullptr);
    EXPECT_EQ(bulkhead.leave(), nullptr);
    EXPECT_EQ(name_of(bulkhead.leave()), "c");
    EXPECT_EQ(bulkhead.running(), 1U);
}

TEST_F(BulkheadTest, one_clients_calls_run_in_their_order) {
    for (int i = 0; i < 3; ++i)
        queue("a");
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(bulkhead.leave(), &waiters[i]);
}

TEST_F(BulkheadTest, clients_take_turns_however_much_one_of_them_asks) {
    for (int i = 0; i < 50; ++i)
        queue("a");
    queue("b");
    queue("c");
    queue("b");
    EXPECT_EQ(turns(8), "abcabaaa");
}

TEST_F(BulkheadTest, who_comes_to_a_long_queue_waits_for_one_call_at_most) {
    for (int i = 0; i < 50; ++i)
        queue("a");
    turns(10);
    for (int i = 0; i < 10; ++i) {
        queue("b");
        EXPECT_NE(turns(2).find('b'), std::string::npos) << i;
    }
}

TEST_F(BulkheadTest, costly_calls_get_fewer_turns) {
    for (int i = 0; i < 10; ++i) {
        queue("A", 4);
        queue("b");
    }
    EXPECT_EQ(turns(9), "bbbAbbbbA");
}

TEST_F(BulkheadTest, costs_are_bounded_on_both_sides) {
    queue("A", 1'000'000);
    for (int i = 0; i < 20; ++i)
        queue("b");
    queue("c", 0);
    const std::string order = turns(22);
    EXPECT_EQ(order.find('c'), 1U);
    EXPECT_EQ(order.find('A'), 16U) << "in the kMaxCost-th round, in one of which c ran: " << order;
}

TEST_F(BulkheadTest, a_call_that_gave_up_is_not_handed_out) {
    queue("a");
    queue("b");
    queue("a");
    bulkhead.remove(waiters[0]);
    bulkhead.remove(waiters[1]);
    EXPECT_FALSE(waiters[0].is_waiting());
    bulkhead.remove(waiters[1]);  // twice is harmless
    EXPECT_EQ(bulkhead.waiting(), 1U);
    EXPECT_EQ(bulkhead.leave(), &waiters[2]);
    EXPECT_EQ(bulkhead.leave(), nullptr);
}

TEST_F(BulkheadTest, all_waiters_can_be_taken_at_once) {
    queue("a");
    queue("b");
    EXPECT_EQ(bulkhead.take_all().size(), 2U);
    EXPECT_EQ(bulkhead.waiting(), 0U);
    EXPECT_EQ(bulkhead.running(), 1U) << "what runs goes on";
    EXPECT_EQ(bulkhead.leave(), nullptr);
}

TEST_F(SmallQueue, takes_its_limit_and_refuses_one_more) {
    for (int i = 0; i < 4; ++i)
        EXPECT_TRUE(queue("a").accepted);
    const auto fifth = queue("a");
    EXPECT_FALSE(fifth.accepted);
    EXPECT_EQ(fifth.evicted, nullptr);
    EXPECT_FALSE(waiters.back().is_waiting());
    EXPECT_EQ(bulkhead.waiting(), 4U);
}

TEST_F(SmallQueue, when_full_takes_a_small_clients_call_for_the_newest_of_the_greatest) {
    for (int i = 0; i < 4; ++i)
        queue("a");
    const auto first = queue("b");
    EXPECT_TRUE(first.accepted);
    EXPECT_EQ(first.evicted, &waiters[3]);
    const auto second = queue("b");
    EXPECT_TRUE(second.accepted);
    EXPECT_EQ(second.evicted, &waiters[2]);
    const auto third = queue("b");
    EXPECT_FALSE(third.accepted) << "both have two: nobody gives way";
    const auto other = queue("c");
    EXPECT_TRUE(other.accepted);
    EXPECT_EQ(bulkhead.waiting(), 4U);
}

TEST_F(SmallQueue, does_not_swap_one_waiting_call_for_another) {
    for (const char* client : {"a", "b", "c", "d"})
        queue(client);
    EXPECT_FALSE(queue("e").accepted);
    EXPECT_EQ(turns(4), "abcd");
}

TEST(BulkheadLimit, a_queue_of_zero_lets_nobody_wait) {
    Bulkhead bulkhead({1, 0});
    EXPECT_TRUE(bulkhead.try_enter());
    Waiter waiter("a", 1);
    EXPECT_FALSE(bulkhead.add(waiter).accepted);
    EXPECT_EQ(bulkhead.leave(), nullptr);
}

}  // namespace
}  // namespace agenthub
