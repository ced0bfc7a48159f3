#include "bridge/pending_table.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "tests/bridge/test_exchange.hpp"

namespace agenthub {
namespace {

constexpr const char* kPing = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";

TEST(PendingTable, a_call_that_was_abandoned_counts_until_the_server_must_know) {
    PendingTable table(10);
    TestExchange left(kPing, "left");
    TestExchange other(kPing, "other");
    std::deque<PendingCall> calls(3);
    calls[0].exchange = &left;
    calls[1].exchange = &other;
    calls[2].exchange = &other;
    table.add(calls[0]).value();
    table.add(calls[1]).value();
    const TimePoint now{std::chrono::hours(1)};
    table.abandon(calls[0].id, now);
    EXPECT_EQ(table.only_exchange(now), nullptr);
    EXPECT_EQ(table.only_exchange(now + std::chrono::milliseconds(499)), nullptr);
    EXPECT_EQ(table.only_exchange(now + std::chrono::milliseconds(500)), &other);
    table.answered(calls[1].id);  // it may have been answered before the cancellation was read
    EXPECT_EQ(table.only_exchange(now), nullptr);
    table.add(calls[2]).value();
    table.answered(calls[2].id);
    EXPECT_EQ(table.only_exchange(now), &other);
}

TEST(PendingTable, a_late_answer_ends_what_was_abandoned) {
    PendingTable table(10);
    TestExchange left(kPing, "left");
    TestExchange other(kPing, "other");
    std::deque<PendingCall> calls(2);
    calls[0].exchange = &left;
    calls[1].exchange = &other;
    table.add(calls[0]).value();
    table.add(calls[1]).value();
    const TimePoint now{std::chrono::hours(1)};
    table.abandon(calls[0].id, now);
    EXPECT_TRUE(table.was_abandoned(calls[0].id, now));
    EXPECT_EQ(table.only_exchange(now), &other);
}

TEST(PendingTable, a_server_that_heeds_no_cancellation_is_not_trusted_to_have_stopped) {
    PendingTable table(10);
    TestExchange left(kPing, "left");
    TestExchange other(kPing, "other");
    std::deque<PendingCall> calls(4);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        calls[i].exchange = i == 3 ? &other : &left;
        if (i != 2)
            table.add(calls[i]).value();
    }
    TimePoint now{std::chrono::hours(1)};
    table.abandon(calls[0].id, now);
    EXPECT_TRUE(table.was_abandoned(calls[0].id, now + std::chrono::milliseconds(499))) << "the two have crossed";
    table.abandon(calls[1].id, now);
    EXPECT_EQ(table.only_exchange(now + std::chrono::milliseconds(500)), &other);
    EXPECT_TRUE(table.was_abandoned(calls[1].id, now + std::chrono::milliseconds(500)));
    table.add(calls[2]).value();
    table.abandon(calls[2].id, now);
    EXPECT_EQ(table.only_exchange(now + std::chrono::minutes(10) - std::chrono::milliseconds(1)), nullptr);
    EXPECT_EQ(table.only_exchange(now + std::chrono::minutes(10)), &other);
    table.answered(calls[2].id + 1);
    EXPECT_EQ(table.only_exchange(now), nullptr) << "it answers others meanwhile";
    EXPECT_TRUE(table.was_abandoned(calls[2].id, now));
    EXPECT_EQ(table.only_exchange(now), &other);
}

TEST(PendingTable, what_comes_without_a_call_may_be_of_an_abandoned_one) {
    PendingTable table(10);
    TestExchange one(kPing, "one");
    TestExchange nobodys(kPing, "");
    std::deque<PendingCall> calls(2);
    calls[0].exchange = &one;
    calls[1].exchange = &nobodys;
    for (PendingCall& call : calls)
        table.add(call).value();
    const TimePoint now{std::chrono::hours(1)};
    table.abandon(calls[0].id, now);
    EXPECT_FALSE(table.may_be_of_abandoned(now));
    table.abandon(calls[1].id, now);
    EXPECT_TRUE(table.may_be_of_abandoned(now));
    EXPECT_FALSE(table.may_be_of_abandoned(now + std::chrono::milliseconds(500)));
}

TEST(PendingTable, an_abandoned_call_is_remembered_once) {
    PendingTable table(10);
    PendingCall call;
    const auto id = table.add(call).value();
    table.abandon(id, TimePoint());
    EXPECT_EQ(table.take(id), nullptr);
    EXPECT_TRUE(table.was_abandoned(id, TimePoint()));
    EXPECT_FALSE(table.was_abandoned(id, TimePoint()));
    table.abandon(id + 1, TimePoint());
    EXPECT_FALSE(table.was_abandoned(id + 1, TimePoint())) << "a call that never was cannot be abandoned";
}

TEST(PendingTable, memory_of_abandoned_calls_is_bounded) {
    PendingTable table(10);
    constexpr std::uint64_t kMany = 20'000;
    for (std::uint64_t i = 0; i < kMany; ++i) {
        PendingCall call;
        table.abandon(table.add(call).value(), TimePoint());
    }
    std::uint64_t remembered = 0;
    for (std::uint64_t id = 1; id <= kMany; ++id)
        remembered += table.was_abandoned(id, TimePoint()) ? 1 : 0;
    EXPECT_GE(remembered, 1U);
    EXPECT_LE(remembered, 4096U);
}

}  // namespace
}  // namespace agenthub
