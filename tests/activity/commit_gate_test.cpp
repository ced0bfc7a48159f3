#include "activity/commit_gate.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "base/task_group.hpp"

namespace agenthub {
namespace {

struct GateTest : testing::Test {
    asio::io_context loop;
    std::shared_ptr<CommitGate> gate = std::make_shared<CommitGate>(loop.get_executor());
    TaskGroup tasks{loop.get_executor()};

    ~GateTest() override {
        tasks.cancel();
        turn();
    }
    void turn() {
        loop.restart();
        loop.poll();
    }
    awaitable<void> wait(std::int64_t row, std::optional<errc>& out, bool& kept) {
        const auto committed = co_await gate->committed(row);
        kept = committed.has_value();
        if (!committed)
            out = committed.error().code;
    }
    struct Reply {
        std::optional<errc> code;
        bool kept = false;
        bool waits() const { return !kept && !code; }
    };
    void ask(std::int64_t row, Reply& reply) {
        tasks.spawn(wait(row, reply.code, reply.kept), "reply");
        turn();
    }
};

TEST_F(GateTest, a_reply_waits_for_its_own_row_and_no_longer) {
    Reply first, second;
    ask(1, first);
    ask(2, second);
    EXPECT_TRUE(first.waits());
    gate->settled(1, true);
    turn();
    EXPECT_TRUE(first.kept);
    EXPECT_TRUE(second.waits());
    gate->settled(2, true);
    turn();
    EXPECT_TRUE(second.kept);
    EXPECT_EQ(gate->waiting(), 0U);
}

TEST_F(GateTest, a_row_that_is_committed_already_is_not_waited_for) {
    gate->settled(5, true);
    Reply reply;
    ask(5, reply);
    EXPECT_TRUE(reply.kept);
}

TEST_F(GateTest, a_failure_ends_all_waiting_and_is_over_with_the_next_commit) {
    Reply waiting, later, after;
    ask(1, waiting);
    gate->failing("the disk is full");
    turn();
    EXPECT_EQ(waiting.code, errc::record_lost);
    ask(2, later);
    EXPECT_EQ(later.code, errc::record_lost);
    EXPECT_EQ(gate->failure(), "the disk is full");
    gate->settled(2, true);
    EXPECT_EQ(gate->failure(), "");
    ask(3, after);
    EXPECT_TRUE(after.waits());
}

TEST_F(GateTest, rows_that_were_given_up_are_lost_also_for_who_asks_a_moment_later) {
    Reply waiting, later;
    gate->settled(3, true);
    ask(4, waiting);
    gate->settled(5, false);
    turn();
    EXPECT_EQ(waiting.code, errc::record_lost);
    ask(5, later);
    EXPECT_EQ(later.code, errc::record_lost);
}

TEST_F(GateTest, whoever_is_cancelled_is_forgotten) {
    Reply reply;
    ask(1, reply);
    EXPECT_EQ(gate->waiting(), 1U);
    tasks.cancel();
    turn();
    EXPECT_EQ(gate->waiting(), 0U);
    gate->settled(1, true);
}

TEST_F(GateTest, hands_over_once_a_turn_and_nothing_after_its_end) {
    int calls = 0;
    gate->on_hand_over([&] { ++calls; });
    gate->hand_over_soon();
    gate->hand_over_soon();
    EXPECT_EQ(calls, 0);
    turn();
    EXPECT_EQ(calls, 1);
    gate->hand_over_soon();
    gate->on_hand_over(nullptr);
    turn();
    EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace agenthub
