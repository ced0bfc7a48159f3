// Calls that wait for their clients: who gets one back, how often, and for how long.

#include "gateway/parked_calls.hpp"

#include <gtest/gtest.h>

#include "tests/gateway/modern_call_rig.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{};

mcp::Caller named(const std::string& client) {
    auto caller = modern_caller();
    caller.client_id = client;
    return caller;
}

// The client's request once more, with a new id, other _meta and its answers.
std::string retry_text(std::string_view params_rest = R"("name":"work")") {
    return call_text(
        "2", "{" + std::string(params_rest) + R"(,"_meta":{"x":2},"inputResponses":{"gw-1":{}},"requestState":"s"})");
}

TEST(ParkedCalls, the_same_request_of_the_same_client_gets_its_call_back_once) {
    asio::io_context loop;
    ParkedCalls parked(8, 60s);
    const auto call = modern_call(loop, call_text("1", R"({"name":"work","_meta":{"x":1}})"));
    const auto state = parked.park(call, kStart);
    ASSERT_TRUE(state.has_value());
    EXPECT_EQ(parked.size(), 1U);
    const auto retry = modern_call(loop, retry_text());
    const auto taken = parked.take(*state, *retry);
    ASSERT_TRUE(taken.has_value()) << taken.error().message;
    EXPECT_EQ(*taken, call);
    EXPECT_EQ(parked.size(), 0U);
    const auto again = parked.take(*state, *retry);
    ASSERT_TRUE(again.has_error());
    EXPECT_EQ(again.error().code, errc::invalid_params);
    EXPECT_NE(again.error().message.find("has been used"), std::string::npos) << again.error().message;
}

TEST(ParkedCalls, a_state_opens_for_no_other_client_server_or_request) {
    asio::io_context loop;
    ParkedCalls parked(8, 60s);
    const auto state = parked.park(modern_call(loop, call_text("1"), named("a")), kStart).value();
    const std::shared_ptr<ModernCall> others[] = {
        modern_call(loop, retry_text(), named("b")),
        modern_call(loop, retry_text(), named("a"), "another"),
        modern_call(loop, retry_text(R"("name":"other")"), named("a")),
        modern_call(loop, retry_text(R"("name":"work","arguments":{})"), named("a")),
        modern_call(loop, call_text("2", R"({"name":"work"})", "prompts/get"), named("a")),
    };
    for (const auto& other : others) {
        const auto taken = parked.take(state, *other);
        ASSERT_TRUE(taken.has_error());
        EXPECT_EQ(taken.error().code, errc::invalid_params);
    }
    const auto mine = modern_call(loop, retry_text(), named("a"));
    std::string forged = state;
    forged[forged.size() / 2] = forged[forged.size() / 2] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(parked.take(forged, *mine).has_error());
    EXPECT_TRUE(parked.take("", *mine).has_error());
    EXPECT_TRUE(ParkedCalls(8, 60s).take(state, *mine).has_error()) << "of another start of AgentHub";
    EXPECT_TRUE(parked.take(state, *mine).has_value()) << "and it is still there for its own client";
}

TEST(ParkedCalls, expire_at_their_time_and_not_before) {
    asio::io_context loop;
    ParkedCalls parked(8, 60s);
    std::vector<std::string> answers;
    const auto call = modern_call(loop);
    call->ask(question_of(answers, "5"));
    const auto state = parked.park(call, kStart).value();
    parked.expire(kStart + 60s - 1ms);
    EXPECT_EQ(parked.size(), 1U);
    parked.expire(kStart + 60s);
    EXPECT_EQ(parked.size(), 0U);
    EXPECT_EQ(answers.size(), 1U) << "the server gets an answer";
    const auto taken = parked.take(state, *modern_call(loop, retry_text()));
    ASSERT_TRUE(taken.has_error());
    EXPECT_NE(taken.error().message.find("limits.parked_time"), std::string::npos);
}

TEST(ParkedCalls, are_bounded) {
    asio::io_context loop;
    ParkedCalls parked(2, 60s);
    EXPECT_TRUE(parked.park(modern_call(loop), kStart).has_value());
    const auto second = parked.park(modern_call(loop), kStart);
    EXPECT_TRUE(second.has_value());
    const auto third = parked.park(modern_call(loop), kStart);
    ASSERT_TRUE(third.has_error());
    EXPECT_EQ(third.error().code, errc::busy);
    EXPECT_NE(third.error().message.find("limits.parked_calls"), std::string::npos);
    EXPECT_TRUE(parked.take(*second, *modern_call(loop, retry_text())).has_value());
    EXPECT_TRUE(parked.park(modern_call(loop), kStart).has_value());
}

TEST(ParkedCalls, a_parked_call_has_nobody_to_tell) {
    asio::io_context loop;
    ParkedCalls parked(2, 60s);
    const auto call = modern_call(loop);
    TestChannel channel;
    call->attach(&channel, call->request(), mcp::LogLevel::debug);
    const auto state = parked.park(call, kStart);
    call->notify(message_of(mcp::make_call("", "notifications/message", R"({"level":"error"})")));
    EXPECT_EQ(channel.opened, 0);
    parked.cancel_all();
    EXPECT_EQ(parked.size(), 0U);
}

}  // namespace
}  // namespace agenthub
