// What a server asks its client: whom it reaches, and how the answer comes back.

#include <gtest/gtest.h>

#include "mcp/replies.hpp"
#include "tests/bridge/bridge_rig.hpp"

namespace agenthub {
namespace {

std::string question(std::string_view id, std::string_view method = "sampling/createMessage") {
    return mcp::make_call(id, method, R"({"maxTokens":1.0})");
}

// The server's request `id`, sent and answered with an error, whose code is returned.
awaitable<mcp::Message> refusal_of(BridgeRig& rig, std::string id) {
    co_await rig.send(question(id));
    auto reply = message_of(co_await rig.receive());
    CO_REQUIRE(reply.kind() == mcp::Kind::error);
    EXPECT_EQ(reply.id(), id);
    co_return reply;
}

TEST(StdioBridgeQuestion, goes_to_the_only_call_and_its_answer_back_under_the_servers_id) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        const std::string id = co_await rig.receive_call("tools/call");
        co_await rig.send(question(R"("ask-1")"));
        co_await rig.lines_are_taken();
        CO_REQUIRE(call.exchange.asked.size() == 1);
        Question& asked = *call.exchange.asked[0];
        EXPECT_EQ(asked.asker(), "peer");
        EXPECT_EQ(asked.request().text(), question(R"("ask-1")"));
        EXPECT_EQ(rig.events.asked, 1);
        EXPECT_TRUE(rig.events.questions.empty());
        EXPECT_EQ(rig.bridge.counters().asked_requests, 1U);
        EXPECT_EQ(rig.bridge.counters().refused_requests, 0U);
        asked.answer(message_of(R"({"jsonrpc":"2.0","id":44,"result":{"n":1.50}})"));
        asked.answer(message_of(mcp::make_response("44", "2")));
        EXPECT_EQ(co_await rig.receive(), R"({"jsonrpc":"2.0","id":"ask-1","result":{"n":1.50}})");
        co_await rig.lines_are_taken();  // nothing came in between: one answer
        co_await rig.send(mcp::make_response(id, "{}"));
        co_await call.settled();
    });
}

TEST(StdioBridgeQuestion, a_clients_error_reaches_the_server_also_without_an_id) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        co_await rig.receive_call("tools/call");
        co_await rig.send(question("0"));
        co_await rig.send(question("1"));
        co_await rig.lines_are_taken();
        CO_REQUIRE(call.exchange.asked.size() == 2);
        call.exchange.asked[0]->answer(message_of(mcp::make_error("5", -1, "user rejected it")));
        EXPECT_EQ(co_await rig.receive(), mcp::make_error("0", -1, "user rejected it"));
        call.exchange.asked[1]->answer(message_of(mcp::make_error("", -32700, "parse error")));
        const auto reply = message_of(co_await rig.receive());
        EXPECT_EQ(reply.id(), "1");
        EXPECT_EQ(reply.error_code(), -32603);
    });
}

TEST(StdioBridgeQuestion, while_calls_of_two_clients_are_in_flight_nobody_is_asked) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& one = rig.call(tool_call("1"), "a");
        auto& two = rig.call(tool_call("1"), "b");
        co_await rig.receive_call("tools/call");
        const std::string id = co_await rig.receive_call("tools/call");
        const auto refused = co_await refusal_of(rig, "9");
        EXPECT_EQ(refused.error_code(), -32603);
        EXPECT_NE(refused.text().find("isolation"), std::string::npos) << refused.text();
        EXPECT_TRUE(one.exchange.asked.empty() && two.exchange.asked.empty() && rig.events.questions.empty());
        EXPECT_EQ(rig.bridge.counters().asked_requests, 1U);
        EXPECT_EQ(rig.bridge.counters().refused_requests, 1U);
        EXPECT_EQ(rig.events.asked, 1);
        // The other call gone, it is plain again who is meant.
        co_await rig.send(mcp::make_response(id, "{}"));
        co_await two.settled();
        co_await rig.send(question("9"));
        co_await rig.lines_are_taken();
        EXPECT_EQ(one.exchange.asked.size(), 1U) << "the refused question's id may be used again";
    });
}

TEST(StdioBridgeQuestion, two_calls_outside_of_sessions_may_be_two_clients) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& one = rig.call(tool_call("1"), "");
        auto& two = rig.call(tool_call("2"), "");
        co_await rig.receive_call("tools/call");
        co_await rig.receive_call("tools/call");
        co_await refusal_of(rig, "9");
        EXPECT_TRUE(one.exchange.asked.empty() && two.exchange.asked.empty());
    });
}

TEST(StdioBridgeQuestion, several_calls_of_one_session_are_one_client) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& one = rig.call(tool_call("1"), "a", CallTime(std::chrono::seconds(20), Duration(0)));
        auto& two = rig.call(tool_call("2"), "a", CallTime(std::chrono::seconds(20), Duration(0)));
        rig.request("tools/list");  // AgentHub's own are nobody's
        co_await rig.receive_call("tools/call");
        co_await rig.receive_call("tools/call");
        co_await rig.receive_call("tools/list");
        co_await rig.send(question("9"));
        co_await rig.lines_are_taken();
        EXPECT_EQ(one.exchange.asked.size() + two.exchange.asked.size(), 1U);
    });
}

TEST(StdioBridgeQuestion, without_a_call_it_is_for_whoever_knows_the_owner) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        rig.events.has_client = true;
        co_await rig.send(question("9"));
        co_await rig.lines_are_taken();
        CO_REQUIRE(rig.events.questions.size() == 1);
        EXPECT_EQ(rig.events.asked, 1);
        rig.events.questions[0]->answer(message_of(mcp::make_response("3", R"({"x":1})")));
        EXPECT_EQ(co_await rig.receive(), mcp::make_response("9", R"({"x":1})"));

        rig.events.has_client = false;
        const auto refused = co_await refusal_of(rig, "10");
        EXPECT_EQ(refused.error_code(), -32603);
        EXPECT_NE(refused.text().find("no call is in flight"), std::string::npos) << refused.text();
        EXPECT_EQ(rig.bridge.counters().refused_requests, 1U);
    });
}

TEST(StdioBridgeQuestion, a_ping_asks_nobody) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        co_await rig.receive_call("tools/call");
        co_await rig.send(mcp::make_call(R"("p")", "ping"));
        EXPECT_EQ(co_await rig.receive(), mcp::make_response(R"("p")", "{}"));
        EXPECT_TRUE(call.exchange.asked.empty());
        EXPECT_EQ(rig.events.asked, 0);
        EXPECT_EQ(rig.bridge.counters().asked_requests, 0U);
    });
}

TEST(StdioBridgeQuestion, an_id_that_is_open_is_refused_and_its_question_goes_on) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        co_await rig.receive_call("tools/call");
        co_await rig.send(question("9"));
        const auto refused = co_await refusal_of(rig, "9");
        EXPECT_EQ(refused.error_code(), -32600);
        CO_REQUIRE(call.exchange.asked.size() == 1);
        co_await rig.send(question(R"("9")"));
        co_await rig.lines_are_taken();
        EXPECT_EQ(call.exchange.asked.size(), 2U) << "another JSON type, another id";
        call.exchange.asked[0]->answer(message_of(mcp::make_response("1", "{}")));
        EXPECT_EQ(co_await rig.receive(), mcp::make_response("9", "{}"));
    });
}

TEST(StdioBridgeQuestion, sixty_four_may_be_open_and_one_more_is_refused) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        co_await rig.receive_call("tools/call");
        for (int i = 0; i < 64; ++i)
            co_await rig.send(question(std::to_string(i)));
        co_await rig.lines_are_taken();
        EXPECT_EQ(call.exchange.asked.size(), 64U);
        const auto refused = co_await refusal_of(rig, "64");
        EXPECT_EQ(refused.error_code(), -32600);
        EXPECT_EQ(rig.bridge.counters().refused_requests, 1U);
        call.exchange.asked[5]->answer(message_of(mcp::make_response("1", "{}")));
        EXPECT_EQ(co_await rig.receive(), mcp::make_response("5", "{}"));
        co_await rig.send(question("64"));
        co_await rig.lines_are_taken();
        EXPECT_EQ(call.exchange.asked.size(), 65U);
    });
}

TEST(StdioBridgeQuestion, the_server_may_cancel_its_own_request) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        co_await rig.receive_call("tools/call");
        co_await rig.send(question("9"));
        co_await rig.lines_are_taken();
        CO_REQUIRE(call.exchange.asked.size() == 1);
        int withdrawn = 0;
        call.exchange.asked[0]->when_withdrawn([&withdrawn] { ++withdrawn; });
        co_await rig.send(mcp::make_call("", "notifications/cancelled", R"({"requestId":"9"})"));
        co_await rig.lines_are_taken();
        EXPECT_EQ(withdrawn, 0) << "that is another id";
        co_await rig.send(mcp::make_call("", "notifications/cancelled", R"({"requestId":9})"));
        co_await rig.lines_are_taken();
        EXPECT_EQ(withdrawn, 1);
        EXPECT_FALSE(call.exchange.asked[0]->is_open());
        call.exchange.asked[0]->answer(message_of(mcp::make_response("1", "{}")));
        co_await rig.lines_are_taken();  // no answer to it in between
        EXPECT_TRUE(rig.events.seen.empty()) << "clients do not hear of it";
    });
}

TEST(StdioBridgeQuestion, is_answered_also_after_its_call_has_ended) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        const std::string id = co_await rig.receive_call("tools/call");
        co_await rig.send(question("9"));
        co_await rig.send(mcp::make_response(id, "{}"));
        co_await call.settled();
        CO_REQUIRE(call.exchange.asked.size() == 1);
        call.exchange.asked[0]->answer(message_of(mcp::make_response("1", "{}")));
        EXPECT_EQ(co_await rig.receive(), mcp::make_response("9", "{}"));
    });
}

TEST(StdioBridgeQuestion, the_end_of_the_server_withdraws_it) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        co_await rig.receive_call("tools/call");
        co_await rig.send(question("9"));
        co_await rig.lines_are_taken();
        CO_REQUIRE(call.exchange.asked.size() == 1);
        int withdrawn = 0;
        call.exchange.asked[0]->when_withdrawn([&withdrawn] { ++withdrawn; });
        rig.bridge.fail(Error(errc::server_exited, "exited"));
        EXPECT_EQ(withdrawn, 1);
        call.exchange.asked[0]->answer(message_of(mcp::make_response("1", "{}")));
        co_await call.settled();
        EXPECT_EQ(call.failure(), errc::server_exited);
    });
}

}  // namespace
}  // namespace agenthub
