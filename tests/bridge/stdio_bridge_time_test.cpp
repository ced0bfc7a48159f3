// Calls that take long: what gives them more time, and what ends them.

#include <gtest/gtest.h>

#include "mcp/replies.hpp"
#include "tests/bridge/bridge_rig.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

constexpr const char* kToken = R"({"progressToken":"t"})";

TEST(StdioBridgeTime, a_call_whose_server_tells_of_progress_outlives_call_timeout) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        const TimePoint began = Clock::now();
        auto& call = rig.call(tool_call("1", kToken), "session", CallTime(300ms, 0ms));
        const std::string id = co_await rig.receive_call("tools/call");
        for (int i = 1; Clock::now() < began + 900ms; ++i) {
            co_await rig.send(progress(id, std::to_string(i)));
            co_await rig.lines_are_taken();
        }
        CO_REQUIRE(!call.outcome.has_value());
        co_await rig.send(mcp::make_response(id, "1"));
        co_await call.settled();
        EXPECT_EQ(call.reply(), mcp::make_response(id, "1"));
    });
}

TEST(StdioBridgeTime, when_the_progress_ends_call_timeout_counts_from_the_last_one) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1", kToken), "session", CallTime(300ms, 0ms));
        const std::string id = co_await rig.receive_call("tools/call");
        const TimePoint told = Clock::now();
        co_await rig.send(progress(id, "1"));
        const auto cancelled = message_of(co_await rig.receive());
        EXPECT_EQ(cancelled.method(), "notifications/cancelled");
        EXPECT_EQ(cancelled.request_id(), id);
        EXPECT_GE(Clock::now(), told + 300ms);
        co_await call.settled();
        EXPECT_EQ(call.failure(), errc::call_timeout);
        const std::string message = call.outcome->error().message;
        EXPECT_NE(message.find("'peer'"), std::string::npos) << message;
        EXPECT_NE(message.find("its call_timeout, counted from its last progress"), std::string::npos) << message;
    });
}

TEST(StdioBridgeTime, max_call_time_ends_a_call_in_the_middle_of_its_progress) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1", kToken), "session", CallTime(300ms, 600ms));
        const std::string id = co_await rig.receive_call("tools/call");
        for (int i = 1; !call.outcome.has_value(); ++i) {
            co_await rig.send(progress(id, std::to_string(i)));
            co_await rig.turns();
        }
        EXPECT_EQ(call.failure(), errc::call_timeout);
        const std::string message = call.outcome->error().message;
        EXPECT_NE(message.find("within its max_call_time; it was told to cancel"), std::string::npos) << message;
        const auto cancelled = message_of(co_await rig.receive());
        EXPECT_EQ(cancelled.method(), "notifications/cancelled");
        EXPECT_EQ(cancelled.request_id(), id);
        co_await rig.send(mcp::make_response(id, "1"));
        co_await rig.lines_are_taken();
        EXPECT_EQ(rig.bridge.counters().late_answers, 1U);
    });
}

TEST(StdioBridgeTime, only_valid_progress_of_the_call_itself_gives_it_time) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1", kToken), "a", CallTime(20s, 0s));
        auto& silent = rig.call(tool_call("2"), "b", CallTime(20s, 0s));
        const std::string id = co_await rig.receive_call("tools/call");
        const std::string id_silent = co_await rig.receive_call("tools/call");
        co_await rig.send(progress(id, "5"));
        co_await rig.lines_are_taken();
        const TimePoint after_first = call.exchange.deadline().at();
        const TimePoint never_moved = silent.exchange.deadline().at();
        for (const char* value : {"5", "4", "null", "\"6\"", "1e999"})
            co_await rig.send(progress(id, value));
        co_await rig.send(progress('"' + id + '"', "7"));
        co_await rig.send(progress("7777", "7"));
        co_await rig.send(progress(id_silent, "7"));
        co_await rig.lines_are_taken();
        EXPECT_EQ(call.exchange.deadline().at(), after_first);
        EXPECT_EQ(silent.exchange.deadline().at(), never_moved) << "its client asked for no progress";
        co_await rig.send(progress(id, "7"));
        co_await rig.lines_are_taken();
        EXPECT_GT(call.exchange.deadline().at(), after_first);
    });
}

TEST(StdioBridgeTime, call_timeout_stands_still_while_a_question_is_open) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1", kToken), "session", CallTime(300ms, 0ms));
        const std::string id = co_await rig.receive_call("tools/call");
        co_await rig.send(mcp::make_call("8", "roots/list"));
        co_await rig.send(mcp::make_call("9", "roots/list"));
        co_await rig.send(progress(id, "1"));  // must not set the clock going again
        co_await rig.lines_are_taken();
        CO_REQUIRE(call.exchange.asked.size() == 2);
        EXPECT_EQ(call.exchange.deadline().at(), TimePoint::max());
        auto& wait = rig.request("wait", Deadline::after(900ms));
        co_await rig.receive_call("wait");
        co_await wait.settled();
        co_await rig.receive();  // its cancellation
        CO_REQUIRE(!call.outcome.has_value());
        call.exchange.asked[0]->answer(message_of(mcp::make_response("1", "{}")));
        co_await rig.receive();
        EXPECT_EQ(call.exchange.deadline().at(), TimePoint::max()) << "the other question is still open";
        const TimePoint answered = Clock::now();
        call.exchange.asked[1]->answer(message_of(mcp::make_response("1", "{}")));
        co_await rig.receive();
        co_await call.settled();
        EXPECT_EQ(call.failure(), errc::call_timeout);
        EXPECT_GE(Clock::now(), answered + 300ms);
    });
}

TEST(StdioBridgeTime, a_question_that_the_server_takes_back_lets_call_timeout_go_on) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"), "session", CallTime(300ms, 0ms));
        co_await rig.receive_call("tools/call");
        co_await rig.send(mcp::make_call("9", "roots/list"));
        co_await rig.lines_are_taken();
        EXPECT_EQ(call.exchange.deadline().at(), TimePoint::max());
        co_await rig.send(mcp::make_call("", "notifications/cancelled", R"({"requestId":9})"));
        co_await rig.lines_are_taken();
        co_await call.settled();
        EXPECT_EQ(call.failure(), errc::call_timeout);
    });
}

TEST(StdioBridgeTime, every_call_of_the_asked_session_waits_for_its_client) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& one = rig.call(tool_call("1"), "session", CallTime(20s, 40s));
        auto& two = rig.call(tool_call("2"), "session", CallTime(20s, 40s));
        co_await rig.receive_call("tools/call");
        co_await rig.receive_call("tools/call");
        co_await rig.send(mcp::make_call("8", "roots/list"));
        co_await rig.lines_are_taken();
        // Nobody can tell which of the two the server has stopped for.
        EXPECT_GT(one.exchange.deadline().at(), Clock::now() + 30s);
        EXPECT_GT(two.exchange.deadline().at(), Clock::now() + 30s);
        for (ClientCall* call : {&one, &two})
            for (const auto& asked : call->exchange.asked)
                asked->answer(message_of(mcp::make_response("1", "{}")));
        EXPECT_LT(one.exchange.deadline().at(), Clock::now() + 30s);
        EXPECT_LT(two.exchange.deadline().at(), Clock::now() + 30s);
    });
}

TEST(StdioBridgeTime, max_call_time_goes_on_while_a_question_is_open) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"), "session", CallTime(200ms, 500ms));
        const TimePoint began = Clock::now();
        const std::string id = co_await rig.receive_call("tools/call");
        co_await rig.send(mcp::make_call("9", "roots/list"));
        const auto cancelled = message_of(co_await rig.receive());
        EXPECT_EQ(cancelled.method(), "notifications/cancelled");
        EXPECT_GE(Clock::now(), began + 450ms);
        co_await call.settled();
        EXPECT_EQ(call.failure(), errc::call_timeout);
        EXPECT_NE(call.outcome->error().message.find("max_call_time"), std::string::npos)
            << call.outcome->error().message;
    });
}

}  // namespace
}  // namespace agenthub
