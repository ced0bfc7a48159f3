// Calls of legacy clients at a modern server: what it is told of them, and what it asks them.

#include <gtest/gtest.h>

#include "mcp/json_members.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"
#include "tests/bridge/modern_rig.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

constexpr const char* kTwoQuestions =
    R"({"resultType":"input_required","inputRequests":{"a":{"method":"roots/list"},)"
    R"("b":{"method":"elicitation/create","params":{"message":"who?"}}},"requestState":"st\u0061te"})";

std::string meta_member(const mcp::Message& request, std::string_view name) {
    return std::string(mcp::member(request.meta(), "io.modelcontextprotocol/" + std::string(name)));
}

// The client's answer to a question.
void answer(const std::shared_ptr<Question>& question, std::string_view result) {
    question->answer(message_of(mcp::make_response("77", result)));
}

TEST(ModernUpstream, every_request_says_who_the_client_is) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        auto& call = modern.new_call(tool_call("1", R"({"progressToken":"t","x":1.0})"));
        call.exchange.who().capabilities = R"({"sampling":{},"tasks":{},"extensions":{"e":{}}})";
        call.exchange.who().client_info = R"({"name":"c","version":"2"})";
        call.exchange.log_level = mcp::LogLevel::warning;
        call.begin();
        const auto sent = co_await modern.receive("tools/call");
        EXPECT_EQ(meta_member(sent, "protocolVersion"), R"("2026-07-28")");
        EXPECT_EQ(meta_member(sent, "clientCapabilities"), R"({"sampling":{}})");
        EXPECT_EQ(meta_member(sent, "clientInfo"), R"({"name":"c","version":"2"})");
        EXPECT_EQ(meta_member(sent, "logLevel"), R"("warning")");
        EXPECT_EQ(mcp::member(sent.meta(), "x"), "1.0");
        EXPECT_EQ(sent.progress_token(), sent.id());
        co_await modern.answer(sent, R"({"resultType":"complete"})");
        co_await call.settled();
        EXPECT_EQ(call.reply(), mcp::make_response(sent.id(), R"({"resultType":"complete"})"));

        auto& plain = modern.call(tool_call("2"));
        const auto bare = co_await modern.receive("tools/call");
        EXPECT_EQ(meta_member(bare, "clientCapabilities"), "{}");
        EXPECT_EQ(meta_member(bare, "logLevel"), "");
        EXPECT_EQ(meta_member(bare, "clientInfo"), "");
        co_await modern.answer(bare, "{}");
        co_await plain.settled();
    });
}

TEST(ModernUpstream, a_modern_clients_request_keeps_its_words) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        const std::string meta = R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28","y":1})";
        auto& call = modern.new_call(tool_call("1", meta));
        call.exchange.who().revision = mcp::Revision::r2026_07_28;
        call.begin();
        const auto sent = co_await modern.receive("tools/call");
        EXPECT_EQ(sent.text(), tool_call(sent.id(), meta));
        co_await modern.answer(sent, kTwoQuestions);
        co_await call.settled();
        EXPECT_NE(call.reply().find("input_required"), std::string::npos) << "it asks its client itself";
        EXPECT_TRUE(call.exchange.asked.empty());
    });
}

TEST(ModernUpstream, what_the_server_wants_to_know_is_asked_at_once_and_the_call_repeated) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        auto& call = modern.call(tool_call("1"));
        const auto first = co_await modern.receive("tools/call");
        co_await modern.answer(first, kTwoQuestions);
        co_await modern.rig.lines_are_taken();
        CO_REQUIRE(call.exchange.asked.size() == 2);
        EXPECT_EQ(modern.upstream.calls_asking(), 1U);
        EXPECT_EQ(modern.rig.bridge.calls_in_flight(), 0U);
        EXPECT_EQ(call.exchange.asked[0]->request().method(), "roots/list");
        EXPECT_EQ(call.exchange.asked[1]->request().method(), "elicitation/create");
        EXPECT_EQ(call.exchange.asked[1]->request().params(), R"({"message":"who?"})");
        answer(call.exchange.asked[1], R"({"action":"accept"})");
        co_await modern.rig.lines_are_taken();  // and no repetition yet
        answer(call.exchange.asked[0], R"({"roots":[ ]})");
        const auto again = co_await modern.receive("tools/call");
        EXPECT_NE(again.id(), first.id());
        EXPECT_EQ(mcp::member(again.params(), "name"), R"("work")");
        EXPECT_EQ(mcp::member(again.params(), "arguments"), R"({"a":1.0})");
        EXPECT_EQ(mcp::member(again.params(), "requestState"), R"("st\u0061te")");
        const auto responses = mcp::member(again.params(), "inputResponses");
        EXPECT_EQ(mcp::member(responses, "a"), R"({"roots":[ ]})");
        EXPECT_EQ(mcp::member(responses, "b"), R"({"action":"accept"})");
        EXPECT_EQ(meta_member(again, "protocolVersion"), R"("2026-07-28")");
        co_await modern.answer(again, R"({"resultType":"complete"})");
        co_await call.settled();
        EXPECT_EQ(call.reply(), mcp::make_response(again.id(), R"({"resultType":"complete"})"));
        EXPECT_EQ(modern.upstream.calls_asking(), 0U);
    });
}

TEST(ModernUpstream, a_state_alone_is_brought_back_without_asking) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        auto& call = modern.call(tool_call("1"));
        const auto first = co_await modern.receive("tools/call");
        co_await modern.answer(first, R"({"resultType":"input_required","requestState":"s"})");
        const auto again = co_await modern.receive("tools/call");
        EXPECT_EQ(mcp::member(again.params(), "requestState"), R"("s")");
        EXPECT_TRUE(call.exchange.asked.empty());
        co_await modern.answer(again, "{}");
        co_await call.settled();
    });
}

TEST(ModernUpstream, a_client_that_refuses_ends_the_call_and_its_other_questions) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        auto& call = modern.call(tool_call("1"));
        const auto first = co_await modern.receive("tools/call");
        co_await modern.answer(first, kTwoQuestions);
        co_await modern.rig.lines_are_taken();
        CO_REQUIRE(call.exchange.asked.size() == 2);
        int withdrawn = 0;
        call.exchange.asked[1]->when_withdrawn([&withdrawn] { ++withdrawn; });
        call.exchange.asked[0]->refuse(-32601, "not here");
        co_await call.settled();
        EXPECT_EQ(withdrawn, 1);
        CO_REQUIRE(call.outcome->has_value());
        EXPECT_EQ((*call.outcome)->kind(), mcp::Kind::error);
        EXPECT_EQ((*call.outcome)->error_code(), -32603);
        EXPECT_NE(call.reply().find("roots/list failed: "), std::string::npos) << call.reply();
        EXPECT_NE(call.reply().find("not here"), std::string::npos) << call.reply();
        co_await modern.rig.lines_are_taken();  // the server is told nothing
    });
}

// Answers the call's request with a question, and that.
awaitable<void> ask_once(ModernRig& modern, ModernClientCall& call) {
    const auto asked_before = call.exchange.asked.size();
    const auto request = co_await modern.receive("tools/call");
    co_await modern.answer(request, R"({"resultType":"input_required","inputRequests":{"k":{"method":"roots/list"}}})");
    co_await modern.rig.lines_are_taken();
    CO_REQUIRE(call.exchange.asked.size() == asked_before + 1);
    answer(call.exchange.asked.back(), "{}");
}

TEST(ModernUpstream, a_call_may_ask_sixteen_times) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        auto& call = modern.call(tool_call("1"));
        for (int round = 0; round < 16; ++round)
            co_await ask_once(modern, call);
        const auto last = co_await modern.receive("tools/call");
        co_await modern.answer(last, R"({"x":1})");
        co_await call.settled();
        EXPECT_EQ(call.reply(), mcp::make_response(last.id(), R"({"x":1})"));
    });
}

TEST(ModernUpstream, a_call_that_asks_once_more_is_given_up) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        auto& call = modern.call(tool_call("1"));
        for (int round = 0; round < 16; ++round)
            co_await ask_once(modern, call);
        const auto last = co_await modern.receive("tools/call");
        co_await modern.answer(last,
                               R"({"resultType":"input_required","inputRequests":{"k":{"method":"roots/list"}}})");
        co_await call.settled();
        EXPECT_EQ(call.failure(), errc::server_unhealthy);
        EXPECT_EQ(call.exchange.asked.size(), 16U);
    });
}

TEST(ModernUpstream, a_demand_that_is_none_fails_the_call) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        for (const char* demand :
             {R"({"resultType":"input_required"})", R"({"resultType":"input_required","inputRequests":[]})",
              R"({"resultType":"input_required","requestState":5})"}) {
            auto& call = modern.call(tool_call("1"));
            const auto first = co_await modern.receive("tools/call");
            co_await modern.answer(first, demand);
            co_await call.settled();
            EXPECT_EQ(call.failure(), errc::server_unhealthy) << demand;
        }
    });
}

TEST(ModernUpstream, the_client_cancels_while_it_is_asked) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        auto& call = modern.call(tool_call("1"));
        const auto first = co_await modern.receive("tools/call");
        co_await modern.answer(first, kTwoQuestions);
        co_await modern.rig.lines_are_taken();
        CO_REQUIRE(call.exchange.asked.size() == 2);
        modern.upstream.cancel(call.exchange, {});
        co_await call.settled();
        EXPECT_EQ(call.failure(), errc::cancelled);
        EXPECT_FALSE(call.exchange.asked[0]->is_open() || call.exchange.asked[1]->is_open());
        answer(call.exchange.asked[0], "{}");
        co_await modern.rig.lines_are_taken();  // the server had done with it before
    });
}

TEST(ModernUpstream, a_server_that_dies_while_its_client_is_asked_fails_the_call) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        auto& call = modern.call(tool_call("1"));
        const auto first = co_await modern.receive("tools/call");
        co_await modern.answer(first, kTwoQuestions);
        co_await modern.rig.lines_are_taken();
        modern.upstream.fail(Error(errc::server_exited, "exited with code 3"));
        co_await call.settled();
        EXPECT_EQ(call.failure(), errc::server_exited);
        CO_REQUIRE(call.exchange.asked.size() == 2);
        EXPECT_FALSE(call.exchange.asked[0]->is_open() || call.exchange.asked[1]->is_open());
    });
}

TEST(ModernUpstream, call_timeout_stands_still_while_the_client_is_asked_and_max_call_time_does_not) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        const TimePoint began = Clock::now();
        auto& call = modern.call(tool_call("1"), CallTime(200ms, 600ms));
        const auto first = co_await modern.receive("tools/call");
        co_await modern.answer(first, kTwoQuestions);
        co_await call.settled();
        EXPECT_GE(Clock::now(), began + 590ms);
        EXPECT_EQ(call.failure(), errc::call_timeout);
        EXPECT_NE(call.outcome->error().message.find("max_call_time"), std::string::npos);
        EXPECT_FALSE(call.exchange.asked.at(0)->is_open());
    });
}

}  // namespace
}  // namespace agenthub
