#include "bridge/pending_table.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "tests/bridge/test_exchange.hpp"

namespace agenthub {
namespace {

constexpr const char* kPing = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";

TEST(PendingTable, numbers_calls_and_gives_each_back_once) {
    PendingTable table(10);
    PendingCall a;
    PendingCall b;
    const auto id_a = table.add(a).value();
    const auto id_b = table.add(b).value();
    EXPECT_NE(id_a, id_b);
    EXPECT_GT(id_a, 0U);
    EXPECT_EQ(a.id, id_a);
    EXPECT_EQ(table.find(id_b), &b);
    EXPECT_EQ(table.take(id_b), &b);
    EXPECT_EQ(table.take(id_b), nullptr);
    EXPECT_EQ(table.find(id_b), nullptr);
    EXPECT_EQ(table.take(id_a), &a);
    EXPECT_TRUE(table.empty());
}

TEST(PendingTable, limit_is_the_number_of_unanswered_calls) {
    PendingTable table(3);
    std::deque<PendingCall> calls(4);
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(table.add(calls[static_cast<std::size_t>(i)]).has_value()) << i;
    const auto refused = table.add(calls[3]);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, errc::busy);
    EXPECT_EQ(calls[3].id, 0U);
    EXPECT_EQ(table.size(), 3U);
    table.take(calls[1].id);
    EXPECT_TRUE(table.add(calls[3]).has_value());
}

TEST(PendingTable, ids_are_never_used_again) {
    PendingTable table(1);
    std::uint64_t last = 0;
    for (int i = 0; i < 100; ++i) {
        PendingCall call;
        const auto id = table.add(call).value();
        EXPECT_GT(id, last);
        last = id;
        table.take(id);
    }
}

TEST(PendingTable, counts_the_clients_calls_apart_from_our_own) {
    PendingTable table(10);
    TestExchange exchange(kPing);
    PendingCall ours;
    PendingCall theirs;
    theirs.exchange = &exchange;
    table.add(ours).value();
    EXPECT_EQ(table.exchanges(), 0U);
    EXPECT_EQ(table.only_exchange(TimePoint()), nullptr);
    table.add(theirs).value();
    EXPECT_EQ(table.exchanges(), 1U);
    EXPECT_EQ(table.size(), 2U);
    EXPECT_EQ(table.find(exchange), &theirs);
    table.take(theirs.id);
    EXPECT_EQ(table.exchanges(), 0U);
    EXPECT_EQ(table.find(exchange), nullptr);
}

TEST(PendingTable, needs_no_clock_for_a_call_of_our_own_that_may_last_for_ever) {
    PendingTable table(10);
    TestExchange exchange(kPing);
    PendingCall listen;
    PendingCall limited;
    limited.deadline = TimePoint(Duration(5));
    PendingCall theirs;  // its deadline comes back once its client has answered a question
    theirs.exchange = &exchange;
    table.add(listen).value();
    EXPECT_FALSE(table.needs_clock());
    table.add(limited).value();
    EXPECT_TRUE(table.needs_clock());
    table.take(limited.id);
    EXPECT_FALSE(table.needs_clock());
    table.add(theirs).value();
    EXPECT_TRUE(table.needs_clock());
    table.take(theirs.id);
    table.take(listen.id);
    EXPECT_FALSE(table.needs_clock());
}

TEST(PendingTable, only_exchange_is_told_while_one_session_alone_has_calls) {
    PendingTable table(10);
    TestExchange one(kPing, "one");
    TestExchange also_one(kPing, "one");
    TestExchange two(kPing, "two");
    std::deque<PendingCall> calls(3);
    calls[0].exchange = &one;
    calls[1].exchange = &also_one;
    calls[2].exchange = &two;
    table.add(calls[0]).value();
    EXPECT_EQ(table.only_exchange(TimePoint()), &one);
    table.add(calls[1]).value();
    EXPECT_TRUE(table.only_exchange(TimePoint()) == &one || table.only_exchange(TimePoint()) == &also_one);
    table.add(calls[2]).value();
    EXPECT_EQ(table.only_exchange(TimePoint()), nullptr);
    table.take(calls[0].id);
    table.take(calls[1].id);
    EXPECT_EQ(table.only_exchange(TimePoint()), &two);
}

TEST(PendingTable, two_calls_without_a_session_may_be_of_two_clients) {
    PendingTable table(10);
    TestExchange one(kPing, "");
    TestExchange two(kPing, "");
    std::deque<PendingCall> calls(2);
    calls[0].exchange = &one;
    calls[1].exchange = &two;
    table.add(calls[0]).value();
    EXPECT_EQ(table.only_exchange(TimePoint()), &one);
    table.add(calls[1]).value();
    EXPECT_EQ(table.only_exchange(TimePoint()), nullptr);
}

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
    EXPECT_TRUE(table.was_abandoned(calls[0].id));
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
    EXPECT_TRUE(table.was_abandoned(id));
    EXPECT_FALSE(table.was_abandoned(id));
    table.abandon(id + 1, TimePoint());
    EXPECT_FALSE(table.was_abandoned(id + 1)) << "a call that never was cannot be abandoned";
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
        remembered += table.was_abandoned(id) ? 1 : 0;
    EXPECT_GE(remembered, 1U);
    EXPECT_LE(remembered, 4096U);
}

TEST(PendingTable, a_call_expires_at_its_deadline_and_stays_until_taken) {
    PendingTable table(10);
    const TimePoint start = Clock::now();
    PendingCall early;
    PendingCall late;
    PendingCall never;
    early.deadline = start + Duration(10);
    late.deadline = start + Duration(20);
    table.add(early).value();
    table.add(late).value();
    table.add(never).value();
    EXPECT_TRUE(table.expired(start + Duration(9)).empty());
    EXPECT_EQ(table.expired(start + Duration(10)), std::vector<PendingCall*>{&early});
    EXPECT_EQ(table.expired(start + Duration(20)).size(), 2U);
    EXPECT_EQ(table.expired(start + std::chrono::hours(24)).size(), 2U);
    EXPECT_EQ(table.size(), 3U);
}

TEST(PendingTable, calls_newer_than_an_id_are_taken_together) {
    PendingTable table(10);
    TestExchange exchange(kPing);
    PendingCall a;
    PendingCall b;
    a.exchange = &exchange;
    PendingCall c;
    EXPECT_EQ(table.last_id(), 0U);
    table.add(a).value();
    table.add(b).value();
    EXPECT_EQ(table.last_id(), b.id);
    table.add(c).value();
    EXPECT_EQ(table.take_newer_than(b.id), std::vector<PendingCall*>{&c});
    EXPECT_TRUE(table.take_newer_than(b.id).empty());
    EXPECT_EQ(table.take_newer_than(0).size(), 2U);
    EXPECT_TRUE(table.empty());
    EXPECT_EQ(table.exchanges(), 0U);
}

}  // namespace
}  // namespace agenthub
