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
    TestExchange exchange(kPing);
    std::deque<PendingCall> calls(4);
    for (PendingCall& call : calls)
        call.exchange = &exchange;
    PendingCall ours;
    EXPECT_TRUE(table.add(ours).has_value());
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(table.add(calls[static_cast<std::size_t>(i)]).has_value()) << i;
    const auto refused = table.add(calls[3]);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, errc::busy);
    EXPECT_EQ(calls[3].id, 0U);
    EXPECT_EQ(table.size(), 4U);
    PendingCall also_ours;
    EXPECT_TRUE(table.add(also_ours).has_value()) << "our own do not count";
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
