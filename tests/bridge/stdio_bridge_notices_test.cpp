// What a server sends unasked: progress, log messages, changes, requests of its own.

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

#include "mcp/replies.hpp"
#include "tests/bridge/bridge_rig.hpp"

namespace agenthub {
namespace {

constexpr const char* kLog =
    R"({"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}})";

TEST(StdioBridgeProgress, carries_the_clients_token_with_its_type) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& text = rig.call(tool_call("1", R"({"progressToken":"7"})"));
        auto& number = rig.call(tool_call("1", R"({"progressToken":7})"), "b");
        auto& none = rig.call(tool_call("1"), "c");
        const auto call_text = message_of(co_await rig.receive());
        const auto call_number = message_of(co_await rig.receive());
        const auto call_none = message_of(co_await rig.receive());
        EXPECT_EQ(call_text.progress_token(), call_text.id());
        EXPECT_EQ(call_number.progress_token(), call_number.id());
        EXPECT_EQ(call_none.progress_token(), "");
        const std::string rest = R"(,"total":1.50,"message":"é")";
        co_await rig.send(progress(call_number.progress_token(), "1", rest));
        co_await rig.send(progress(call_text.progress_token(), "0.5"));
        co_await rig.send(progress(call_none.id(), "1"));
        co_await rig.send(progress("7777", "1"));
        co_await rig.send(progress('"' + std::string(call_text.id()) + '"', "0.7"));
        co_await rig.lines_are_taken();
        EXPECT_EQ(text.exchange.notified, std::vector<std::string>{progress(R"("7")", "0.5")});
        EXPECT_EQ(number.exchange.notified, std::vector<std::string>{progress("7", "1", rest)});
        EXPECT_TRUE(none.exchange.notified.empty());
        EXPECT_TRUE(rig.events.seen.empty()) << "progress belongs to a call or to nobody";
    });
}

TEST(StdioBridgeProgress, what_does_not_increase_is_dropped) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1", R"({"progressToken":"t"})"));
        const std::string id = co_await rig.receive_call("tools/call");
        for (const char* value : {"-1", "-1", "-2", "0", "0.0", "1", "0.5", "1e0", "\"2\"", "null", "1e999", "1.5"})
            co_await rig.send(progress(id, value));
        co_await rig.lines_are_taken();
        const std::vector<std::string> expected{progress(R"("t")", "-1"), progress(R"("t")", "0"),
                                                progress(R"("t")", "1"), progress(R"("t")", "1.5")};
        EXPECT_EQ(call.exchange.notified, expected);
    });
}

TEST(StdioBridgeProgress, none_comes_after_the_answer) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1", R"({"progressToken":"t"})"));
        const std::string id = co_await rig.receive_call("tools/call");
        co_await rig.send_raw(progress(id, "1") + '\n' + mcp::make_response(id, "1") + '\n' + progress(id, "2") + '\n');
        co_await rig.lines_are_taken();
        co_await call.settled();
        EXPECT_EQ(call.exchange.notified, std::vector<std::string>{progress(R"("t")", "1")});
    });
}

TEST(StdioBridgeLog, goes_to_the_only_session_with_calls) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& one = rig.call(tool_call("1"), "a");
        auto& same = rig.call(tool_call("2"), "a");
        rig.request("ping");
        const std::string id_one = co_await rig.receive_call("tools/call");
        const std::string id_same = co_await rig.receive_call("tools/call");
        co_await rig.receive_call("ping");
        co_await rig.send(kLog);
        co_await rig.lines_are_taken();
        EXPECT_EQ(one.exchange.notified.size() + same.exchange.notified.size(), 1U);

        auto& other = rig.call(tool_call("1"), "b");
        const std::string id_other = co_await rig.receive_call("tools/call");
        co_await rig.send(kLog);
        co_await rig.lines_are_taken();
        EXPECT_EQ(one.exchange.notified.size() + same.exchange.notified.size(), 1U);
        EXPECT_TRUE(other.exchange.notified.empty()) << "another client's log message was shown";
        EXPECT_EQ(rig.bridge.counters().ambiguous_notices, 1U);

        co_await rig.send(mcp::make_response(id_one, "1"));
        co_await rig.send(mcp::make_response(id_same, "1"));
        co_await rig.send(kLog);
        co_await rig.lines_are_taken();
        EXPECT_EQ(other.exchange.notified, std::vector<std::string>{kLog});
        EXPECT_TRUE(rig.events.seen.empty());
    });
}

TEST(StdioBridgeLog, is_an_event_while_no_call_is_in_flight) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        co_await rig.send(kLog);
        co_await rig.lines_are_taken();
        EXPECT_EQ(rig.events.seen, std::vector<std::string>{kLog});
        EXPECT_EQ(rig.bridge.counters().ambiguous_notices, 0U);
    });
}

TEST(StdioBridgeNotice, changes_are_events_also_during_calls) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        co_await rig.receive_call("tools/call");
        const std::vector<std::string> sent{
            R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})",
            R"({"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"x://y"}})",
            R"({"jsonrpc":"2.0","method":"notifications/of/tomorrow","params":{"progressToken":{"a":1}}})"};
        for (const auto& text : sent)
            co_await rig.send(text);
        co_await rig.send(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");
        co_await rig.lines_are_taken();
        EXPECT_EQ(rig.events.seen, sent);
        EXPECT_TRUE(call.exchange.notified.empty());
    });
}

// What is logged while this lives.
class LogCapture {
public:
    LogCapture() { log().sinks().push_back(std::make_shared<spdlog::sinks::ostream_sink_mt>(text_, true)); }
    ~LogCapture() { log().sinks().pop_back(); }
    LogCapture(const LogCapture&) = delete;
    LogCapture& operator=(const LogCapture&) = delete;
    std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
};

TEST(StdioBridgeNotice, what_a_server_prints_cannot_drive_the_terminal_that_shows_the_log) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        LogCapture logged;
        co_await rig.send("\x1b[2J\x07starting\x7f é");
        co_await rig.lines_are_taken();
        const std::string text = logged.text();
        EXPECT_NE(text.find("starting? é"), std::string::npos) << text;
        EXPECT_EQ(text.find('\x1b'), std::string::npos);
        EXPECT_EQ(text.find('\x07'), std::string::npos);
    });
}

TEST(StdioBridgeRequests, a_ping_is_answered_with_its_own_id) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        for (const char* id : {"1", R"("text \u00e9")", "12345678901234567890123", "-5"}) {
            co_await rig.send(mcp::make_call(id, "ping"));
            EXPECT_EQ(co_await rig.receive(), mcp::make_response(id, "{}"));
        }
        EXPECT_EQ(rig.bridge.counters().refused_requests, 0U);
    });
}

TEST(StdioBridgeRequests, others_go_to_the_client_whose_call_alone_is_in_flight) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        const std::string id = co_await rig.receive_call("tools/call");
        for (const char* method : {"sampling/createMessage", "elicitation/create", "roots/list", "of/tomorrow"}) {
            co_await rig.send(mcp::make_call(id, method, R"({"a":1.0})"));
            co_await rig.lines_are_taken();
            CO_REQUIRE(call.exchange.asked.size() == 1);
            const auto question = call.exchange.asked.front();
            call.exchange.asked.clear();
            EXPECT_EQ(question->request().method(), method);
            EXPECT_EQ(question->request().params(), R"({"a":1.0})");
            question->answer(message_of(R"({"jsonrpc":"2.0","id":77,"result":{"b":-0}})"));
            EXPECT_EQ(co_await rig.receive(), R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":{"b":-0}})")
                << "the server's own id, which may well equal one of ours";
        }
        EXPECT_EQ(rig.bridge.counters().asked_requests, 4U);
        EXPECT_EQ(rig.bridge.counters().refused_requests, 0U);
        EXPECT_FALSE(call.outcome.has_value());
    });
}

TEST(StdioBridgeRequests, are_refused_while_calls_of_several_clients_are_in_flight) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& one = rig.call(tool_call("1"), "one");
        auto& other = rig.call(tool_call("1"), "other");
        co_await rig.receive_call("tools/call");
        co_await rig.receive_call("tools/call");
        co_await rig.send(mcp::make_call("9", "sampling/createMessage", "{}"));
        const auto answer = message_of(co_await rig.receive());
        EXPECT_EQ(answer.error_code(), -32603);
        EXPECT_EQ(answer.id(), "9");
        EXPECT_NE(answer.error_member().find("isolation"), std::string::npos);
        EXPECT_TRUE(one.exchange.asked.empty() && other.exchange.asked.empty()) << "nobody is shown another's question";
        EXPECT_EQ(rig.bridge.counters().refused_requests, 1U);
        EXPECT_EQ(rig.events.asked, 1);
    });
}

}  // namespace
}  // namespace agenthub
