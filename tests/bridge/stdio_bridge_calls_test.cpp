// Clients' calls: who gets which answer.

#include <gtest/gtest.h>

#include "mcp/replies.hpp"
#include "tests/bridge/bridge_rig.hpp"

namespace agenthub {
namespace {

TEST(StdioBridgeCall, only_the_id_of_a_request_changes) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        const std::string rest = R"( ,"method":"m", "params" : {"n":12345678901234567890,"f":1.50,"s":"\u00e9\/é"} })";
        auto& call = rig.call(R"({ "jsonrpc": "2.0", "id" : "client's")" + rest);
        const std::string line = co_await rig.receive();
        const std::string id(message_of(line).id());
        EXPECT_EQ(line, R"({ "jsonrpc": "2.0", "id" : )" + id + rest);
        const std::string answer = R"({"result" : {"x": 1.0, "x": [ ]},  "jsonrpc":"2.0", "id":)" + id + " }";
        co_await rig.send(answer);
        co_await call.settled();
        EXPECT_EQ(call.reply(), answer);
        EXPECT_NE(call.exchange.sent_at, TimePoint{});
        EXPECT_EQ(rig.bridge.counters().calls, 1U);
    });
}

TEST(StdioBridgeCall, two_clients_with_the_same_id_get_their_own_answers) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& one = rig.call(R"({"jsonrpc":"2.0","id":7,"method":"one"})", "a");
        auto& two = rig.call(R"({"jsonrpc":"2.0","id":7,"method":"two"})", "b");
        const std::string id_one = co_await rig.receive_call("one");
        const std::string id_two = co_await rig.receive_call("two");
        EXPECT_NE(id_one, id_two);
        EXPECT_EQ(rig.bridge.calls_in_flight(), 2U);
        co_await rig.send(mcp::make_response(id_two, R"("for two")"));
        co_await two.settled();
        EXPECT_FALSE(one.outcome.has_value());
        co_await rig.send(mcp::make_error(id_one, -32000, "for one"));
        co_await one.settled();
        CO_REQUIRE(two.outcome->has_value() && one.outcome->has_value());
        EXPECT_EQ((*two.outcome)->result_member(), R"("for two")");
        EXPECT_EQ((*one.outcome)->kind(), mcp::Kind::error);
        EXPECT_EQ((*one.outcome)->error_code(), -32000);
        EXPECT_EQ(rig.bridge.calls_in_flight(), 0U);
    });
}

TEST(StdioBridgeCall, many_answers_in_any_order_find_their_calls) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        constexpr int kCalls = 200;
        std::vector<ClientCall*> calls;
        for (int i = 0; i < kCalls; ++i)
            calls.push_back(&rig.call(tool_call("1", R"({"n":)" + std::to_string(i) + "}")));
        std::vector<std::string> answers;
        for (int i = 0; i < kCalls; ++i) {
            const auto seen = message_of(co_await rig.receive());
            answers.push_back(mcp::make_response(seen.id(), seen.params()) + '\n');
        }
        std::string all;
        for (std::size_t i = 0; i < answers.size(); ++i)
            all += answers[i * 77 % answers.size()];
        co_await rig.send_raw(std::move(all));
        for (int i = 0; i < kCalls; ++i) {
            auto& call = *calls[static_cast<std::size_t>(i)];
            co_await call.settled();
            CO_REQUIRE(call.outcome.has_value() && call.outcome->has_value());
            EXPECT_EQ((*call.outcome)->result_member(), call.exchange.request().params());
        }
        EXPECT_EQ(rig.bridge.counters().unknown_answers, 0U);
    });
}

TEST(StdioBridgeCall, an_answer_that_belongs_to_nobody_is_counted_and_dropped) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        const std::string id = co_await rig.receive_call("tools/call");
        for (const std::string& wrong : {std::string("999999"), std::string("-1"), std::string("0"), '"' + id + '"',
                                         std::string("99999999999999999999999"), "-" + id})
            co_await rig.send(mcp::make_response(wrong, "1"));
        co_await rig.send(mcp::make_error("", -32700, "could not read it"));
        co_await rig.lines_are_taken();
        EXPECT_EQ(rig.bridge.counters().unknown_answers, 7U);
        EXPECT_FALSE(call.outcome.has_value());
        co_await rig.send(mcp::make_response(id, "2"));
        co_await rig.send(mcp::make_response(id, "3"));
        co_await rig.lines_are_taken();
        co_await call.settled();
        EXPECT_EQ(call.reply(), mcp::make_response(id, "2"));
        EXPECT_EQ(rig.bridge.counters().unknown_answers, 8U) << "answered twice";
    });
}

TEST(StdioBridgeCall, garbage_between_answers_harms_nothing) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        const std::string id = co_await rig.receive_call("tools/call");
        co_await rig.send("Server listening on stdio");
        co_await rig.send("");
        co_await rig.send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":");
        co_await rig.send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":\"\xFF\"}");
        co_await rig.send(std::string("\0\x01\x1b[31m", 7));
        co_await rig.send("[]");
        co_await rig.send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":1}\r");
        co_await call.settled();
        EXPECT_EQ(call.reply().substr(0, 12), "{\"jsonrpc\":\"");
        EXPECT_EQ(rig.bridge.counters().garbage_lines, 5U);
    });
}

TEST(StdioBridgeCall, a_batch_of_answers_settles_each_call) {
    // A 2025-03-26 server may batch, and a client must take it (basic, "Batching").
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& one = rig.call(tool_call("1"));
        auto& two = rig.call(tool_call("2"));
        const std::string id_one = co_await rig.receive_call("tools/call");
        const std::string id_two = co_await rig.receive_call("tools/call");
        co_await rig.send(" [" + mcp::make_response(id_two, "2") + ", 5, " + mcp::make_response(id_one, "1") + "]");
        co_await one.settled();
        co_await two.settled();
        EXPECT_EQ(one.reply(), mcp::make_response(id_one, "1"));
        EXPECT_EQ(two.reply(), mcp::make_response(id_two, "2"));
        EXPECT_EQ(rig.bridge.counters().garbage_lines, 1U);
    });
}

TEST(StdioBridgeCall, the_client_cancels_and_the_late_answer_is_counted) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call(R"("mine")"));
        auto& other = rig.call(tool_call(R"("mine")"), "another session");
        const std::string id = co_await rig.receive_call("tools/call");
        const std::string id_other = co_await rig.receive_call("tools/call");
        rig.bridge.cancel(call.exchange, R"("changed my \"mind\"")");
        co_await call.settled();
        EXPECT_EQ(call.failure(), errc::cancelled);
        EXPECT_EQ(co_await rig.receive(),
                  R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" + id +
                      R"(,"reason":"changed my \"mind\""}})");
        rig.bridge.cancel(call.exchange, "");  // a second time: nothing happens
        co_await rig.send(mcp::make_response(id, "1"));
        co_await rig.send(mcp::make_response(id_other, "2"));
        co_await rig.lines_are_taken();
        co_await other.settled();
        EXPECT_EQ(other.reply(), mcp::make_response(id_other, "2"));
        EXPECT_EQ(rig.bridge.counters().late_answers, 1U);
        EXPECT_EQ(rig.bridge.counters().unknown_answers, 0U);
    });
}

TEST(StdioBridgeCall, a_call_past_its_deadline_fails_and_the_server_is_told) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& patient = rig.call(tool_call("1"));
        auto& late = rig.call(tool_call("2"), "session", Deadline::after(Duration(1)));
        const std::string id_patient = co_await rig.receive_call("tools/call");
        const std::string id_late = co_await rig.receive_call("tools/call");
        const auto cancelled = message_of(co_await rig.receive());
        EXPECT_EQ(cancelled.method(), "notifications/cancelled");
        EXPECT_EQ(cancelled.request_id(), id_late);
        co_await late.settled();
        EXPECT_EQ(late.failure(), errc::call_timeout);
        EXPECT_NE(late.outcome->error().message.find("tools/call"), std::string::npos);
        EXPECT_FALSE(patient.outcome.has_value());
        co_await rig.send(mcp::make_response(id_late, "1"));
        co_await rig.send(mcp::make_response(id_patient, "1"));
        co_await patient.settled();
        EXPECT_EQ(rig.bridge.counters().late_answers, 1U);
    });
}

TEST(StdioBridgeCall, deadlines_are_kept_again_after_the_bridge_was_idle) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        for (int i = 0; i < 3; ++i) {
            auto& late = rig.call(tool_call("2"), "session", Deadline::after(Duration(1)));
            co_await late.settled();
            EXPECT_EQ(late.failure(), errc::call_timeout);
            EXPECT_EQ(rig.bridge.calls_in_flight(), 0U);
        }
    });
}

TEST(StdioBridgeCall, a_client_that_goes_away_leaves_nothing_behind) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& gone = rig.call(tool_call("1", R"({"progressToken":"t"})"));
        const std::string id = co_await rig.receive_call("tools/call");
        co_await gone.abandon();
        EXPECT_FALSE(gone.outcome.has_value());
        EXPECT_EQ(rig.bridge.calls_in_flight(), 0U);
        co_await rig.send(
            R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1,"progressToken":)" + id +
            "}}");
        co_await rig.send(mcp::make_response(id, "1"));
        co_await rig.lines_are_taken();
        EXPECT_TRUE(gone.exchange.notified.empty());
        EXPECT_EQ(rig.bridge.counters().late_answers, 1U);
        auto& next = rig.call(tool_call("1"));
        const std::string id_next = co_await rig.receive_call("tools/call");
        co_await rig.send(mcp::make_response(id_next, "1"));
        co_await next.settled();
        EXPECT_EQ(next.reply(), mcp::make_response(id_next, "1"));
    });
}

TEST(StdioBridgeCall, a_client_that_goes_away_at_once_harms_nothing) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& gone = rig.call(tool_call("1"));
        co_await gone.abandon();
        EXPECT_EQ(rig.bridge.calls_in_flight(), 0U);
        const std::string id = co_await rig.receive_call("tools/call");
        co_await rig.send(mcp::make_response(id, "1"));
        co_await rig.lines_are_taken();
        EXPECT_EQ(rig.bridge.counters().late_answers, 1U);
    });
}

TEST(StdioBridgeCall, a_clients_notification_passes_as_it_is) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        const std::string text = R"({"method" : "notifications/roots/list_changed","jsonrpc":"2.0"})";
        rig.bridge.notify(message_of(text));
        EXPECT_EQ(co_await rig.receive(), text);
    });
}

}  // namespace
}  // namespace agenthub
