#include "cli/call_command.hpp"

#include <gtest/gtest.h>

#include "tests/cli/call_helpers.hpp"

namespace agenthub {
namespace {

TEST(CallCommand, holds_a_whole_session_and_prints_the_text) {
    FakeDaemon daemon;
    const auto run = call(daemon, {"everything", "echo", R"({"message":"hi"})"});
    EXPECT_EQ(run.code, 0);
    EXPECT_EQ(run.out, "hello\n");
    EXPECT_EQ(run.err, "");
    EXPECT_EQ(daemon.seen(), (Names{"POST initialize", "POST notifications/initialized", "POST tools/call",
                                    "DELETE /mcp/everything"}));
    EXPECT_FALSE(daemon.request(0).has_header("Mcp-Session-Id"));
    for (const std::size_t i : {1U, 2U, 3U}) {
        EXPECT_EQ(daemon.request(i).get_header_value("Mcp-Session-Id"), "session-1") << i;
        EXPECT_EQ(daemon.request(i).get_header_value("MCP-Protocol-Version"), "2025-11-25") << i;
    }
    EXPECT_EQ(daemon.request(2).get_header_value("Accept"), "application/json, text/event-stream");
    EXPECT_EQ(daemon.request(2).get_header_value("Content-Type"), "application/json");
    const auto sent = nlohmann::json::parse(daemon.request(2).body);
    EXPECT_EQ(sent["params"]["name"], "echo");
    EXPECT_EQ(sent["params"]["arguments"], nlohmann::json::parse(R"({"message":"hi"})"));
}

TEST(CallCommand, without_arguments_an_empty_object_is_sent) {
    FakeDaemon daemon;
    EXPECT_EQ(call(daemon).code, 0);
    EXPECT_NE(daemon.request(2).body.find(R"("arguments":{},)"), std::string::npos);
    EXPECT_EQ(call(daemon, {"everything", "echo", "{}"}).code, 0);
}

TEST(CallCommand, a_dash_reads_the_arguments_from_standard_input) {
    FakeDaemon daemon;
    const std::string arguments = "{\n \"text\": \"" + std::string(200'000, 'x') + "\"\n}\n";
    EXPECT_EQ(call(daemon, {"everything", "echo", "-"}, arguments).code, 0);
    EXPECT_NE(daemon.request(2).body.find(arguments), std::string::npos) << "byte for byte";
}

TEST(CallCommand, standard_input_is_read_up_to_the_limit) {
    FakeDaemon daemon;
    const auto error_for = [&](std::size_t size) {
        const auto run = call(daemon, {"everything", "echo", "-"}, std::string(size, 'x'));
        EXPECT_EQ(run.code, 2);
        return run.err;
    };
    EXPECT_NE(error_for(kMaxArgumentBytes).find("not JSON: line 1, column 1"), std::string::npos) << "read, and judged";
    EXPECT_NE(error_for(kMaxArgumentBytes + 1).find("longer than 67108864 bytes"), std::string::npos);
}

TEST(CallCommand, wrong_arguments_are_a_matter_of_usage_and_nothing_is_sent) {
    FakeDaemon daemon;
    for (const char* arguments : {"[1]", "{\"a\":", "hello", ""}) {
        const auto run = call(daemon, {"everything", "echo", "-"}, arguments);
        EXPECT_EQ(run.code, 2) << arguments;
        EXPECT_NE(run.err.find("line 1, column"), std::string::npos) << run.err;
        EXPECT_NE(run.err.find("Give an object"), std::string::npos) << run.err;
    }
    EXPECT_EQ(call(daemon, {"everything", "echo", "[1]"}).code, 2);
    EXPECT_EQ(daemon.seen(), Names());
}

TEST(CallCommand, json_prints_the_result_as_it_came) {
    FakeDaemon daemon;
    const std::string result = R"({ "content": [], "structuredContent": {"z": 1.0, "a": 12345678901234567890123} })";
    daemon.on_tool_call = answer_json(tool_answer(result));
    const auto run = call(daemon, {"--json", "everything", "echo"});
    EXPECT_EQ(run.code, 0);
    EXPECT_EQ(run.out, result + "\n");
}

TEST(CallCommand, a_server_name_is_one_segment_of_the_path) {
    FakeDaemon daemon;
    EXPECT_EQ(call(daemon, {"../health?", "echo"}).code, 1);
    EXPECT_EQ(daemon.targets(), Names{"/mcp/..%2Fhealth%3F"});
}

TEST(CallCommand, a_server_without_sessions_works_and_has_none_to_end) {
    FakeDaemon daemon;
    daemon.on_initialize = answer_json(R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-03-26"}})");
    EXPECT_EQ(call(daemon).code, 0);
    EXPECT_EQ(daemon.seen().back(), "POST tools/call");
    EXPECT_EQ(daemon.request(2).get_header_value("MCP-Protocol-Version"), "2025-03-26") << "the negotiated one";
}

TEST(CallCommand, progress_and_log_messages_go_to_the_error_stream) {
    FakeDaemon daemon;
    daemon.on_tool_call = answer_events(
        {R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":2,"progress":1,"total":2}})",
         R"({"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"at work"}})",
         R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})", "garbage",
         tool_answer(R"({"content":[{"type":"text","text":"done"}]})")});
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 0);
    EXPECT_EQ(run.out, "done\n");
    EXPECT_EQ(run.err, "progress 1/2\ninfo: at work\n");
}

TEST(CallCommand, initialize_may_be_answered_as_an_event_stream_too) {
    FakeDaemon daemon;
    const auto stream = answer_events({R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}})"});
    daemon.on_initialize = [&](const httplib::Request& request, httplib::Response& response) {
        response.set_header("Mcp-Session-Id", "session-2");
        stream(request, response);
    };
    EXPECT_EQ(call(daemon).code, 0);
    EXPECT_EQ(daemon.request(2).get_header_value("Mcp-Session-Id"), "session-2");
}

TEST(CallCommand, answers_a_ping_of_the_server_while_it_waits) {
    FakeDaemon daemon;
    daemon.on_tool_call =
        answer_events({R"({"jsonrpc":"2.0","id":77,"method":"ping"})", tool_answer(R"({"content":[]})")});
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 0) << run.err;
    ASSERT_EQ(daemon.seen().at(3), "POST response");
    EXPECT_EQ(nlohmann::json::parse(daemon.request(3).body),
              nlohmann::json::parse(R"({"jsonrpc":"2.0","id":77,"result":{}})"));
    EXPECT_EQ(daemon.request(3).get_header_value("Mcp-Session-Id"), "session-1");
}

}  // namespace
}  // namespace agenthub
