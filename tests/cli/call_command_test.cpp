#include "cli/call_command.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <future>

#include "tests/cli/command_run.hpp"
#include "tests/cli/fake_daemon.hpp"

namespace agenthub {
namespace {

using Names = std::vector<std::string>;

CommandRun call(const FakeDaemon& daemon, std::vector<std::string> args = {"everything", "echo"},
                const std::string& input = {}) {
    args.insert(args.begin(), {"call", "--url", daemon.url()});
    return run_command(std::move(args), input);
}

// The JSON-RPC error as a tool call's answer.
std::string rpc_error(const std::string& error) {
    return R"({"jsonrpc":"2.0","id":2,"error":)" + error + "}";
}

std::string tool_answer(const std::string& result) {
    return R"({"jsonrpc":"2.0","id":2,"result":)" + result + "}";
}

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
    const auto run = [&](std::size_t size) {
        std::string arguments = "{}";
        arguments.resize(size, ' ');
        return call(daemon, {"everything", "echo", "-"}, arguments);
    };
    const auto at = run(kMaxArgumentBytes);
    EXPECT_EQ(at.code, 0) << at.err;
    const auto over = run(kMaxArgumentBytes + 1);
    EXPECT_EQ(over.code, 2);
    EXPECT_NE(over.err.find("longer than 67108864 bytes"), std::string::npos) << over.err;
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

TEST(CallCommand, an_error_of_the_tool_is_printed_and_fails) {
    FakeDaemon daemon;
    daemon.on_tool_call =
        answer_json(tool_answer(R"({"content":[{"type":"text","text":"no such file"}],"isError":true})"));
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_EQ(run.out, "no such file\n");
    EXPECT_NE(run.err.find("'echo' of 'everything' reports an error (isError) and says why"), std::string::npos)
        << run.err;
    EXPECT_EQ(call(daemon, {"--json", "everything", "echo"}).code, 1);
}

TEST(CallCommand, a_json_rpc_error_fails_with_its_reason_and_what_to_do) {
    FakeDaemon daemon;
    daemon.on_tool_call = answer_json(rpc_error(
        R"({"code":-32603,"message":"everything exited with 1","data":{"reason":"server_exited","retry":"unknown"}})"));
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_EQ(run.out, "");
    EXPECT_TRUE(
        run.err.starts_with("agenthub call: everything exited with 1 (server_exited, code -32603). The tool may or "
                            "may not have been carried out"))
        << run.err;
    EXPECT_EQ(daemon.seen().back(), "DELETE /mcp/everything") << "the session is ended all the same";
}

TEST(CallCommand, an_unknown_server_is_refused_at_initialize) {
    FakeDaemon daemon;
    daemon.on_initialize = answer_json(R"({"jsonrpc":"2.0","error":{"code":-32600,"message":"no server 'everything'",)"
                                       R"("data":{"reason":"server_unknown"}}})",
                                       404);
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("`agenthub status` lists the servers"), std::string::npos) << run.err;
    EXPECT_EQ(daemon.seen(), Names{"POST initialize"}) << "there is no session to end";
}

TEST(CallCommand, a_detail_is_told_with_its_status) {
    FakeDaemon daemon;
    daemon.on_initialize = answer_json(R"({"detail":"Server everything is not running"})", 503);
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("HTTP 503: Server everything is not running"), std::string::npos) << run.err;
}

TEST(CallCommand, a_refused_initialized_notification_ends_the_session) {
    FakeDaemon daemon;
    daemon.on_initialized = answer_json(R"({"detail":"not now"})", 503);
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("not now"), std::string::npos) << run.err;
    EXPECT_EQ(daemon.seen(), (Names{"POST initialize", "POST notifications/initialized", "DELETE /mcp/everything"}));
}

TEST(CallCommand, a_server_name_is_one_segment_of_the_path) {
    FakeDaemon daemon;
    EXPECT_EQ(call(daemon, {"../health?", "echo"}).code, 1);
    EXPECT_EQ(daemon.seen(), Names()) << "no route, so the fake saw no session";
}

TEST(CallCommand, a_server_without_sessions_works_and_has_none_to_end) {
    FakeDaemon daemon;
    daemon.on_initialize = answer_json(R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-03-26"}})");
    EXPECT_EQ(call(daemon).code, 0);
    EXPECT_EQ(daemon.seen().back(), "POST tools/call");
    EXPECT_EQ(daemon.request(2).get_header_value("MCP-Protocol-Version"), "2025-03-26") << "the negotiated one";
}

TEST(CallCommand, an_initialize_without_a_version_is_another_protocol) {
    FakeDaemon daemon;
    daemon.on_initialize = answer_json(R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":7}})");
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("names no protocol version"), std::string::npos) << run.err;
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

TEST(CallCommand, a_stream_that_ends_without_an_answer_leaves_the_outcome_open) {
    FakeDaemon daemon;
    daemon.on_tool_call =
        answer_events({R"({"jsonrpc":"2.0","method":"notifications/message","params":{"data":"bye"}})"});
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("the event stream ended before the answer came"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("may or may not have been carried out"), std::string::npos) << run.err;
}

TEST(CallCommand, dying_in_the_middle_of_an_answer_leaves_the_outcome_open) {
    for (const char* type : {"application/json", "text/event-stream"}) {
        FakeDaemon daemon;
        daemon.on_tool_call = answer_half(R"(data: {"jsonrpc":"2.0","id":2,"resu)", type);
        const auto run = call(daemon);
        EXPECT_EQ(run.code, 1);
        EXPECT_NE(run.err.find("ended before the answer was complete"), std::string::npos) << run.err;
        EXPECT_NE(run.err.find("may or may not have been carried out"), std::string::npos) << run.err;
    }
}

TEST(CallCommand, answers_that_are_none_fail) {
    FakeDaemon daemon;
    const auto error_for = [&](const std::string& body) {
        daemon.on_tool_call = answer_json(body);
        const auto run = call(daemon);
        EXPECT_EQ(run.code, 1) << body;
        EXPECT_EQ(run.out, "") << body;
        return run.err;
    };
    EXPECT_NE(error_for("{\"jsonrpc\":").find("is not JSON"), std::string::npos);
    EXPECT_NE(error_for(R"({"jsonrpc":"2.0","id":3,"result":{}})").find("not the answer to this call"),
              std::string::npos);
    EXPECT_NE(error_for("[]").find("not the answer to this call"), std::string::npos);
    EXPECT_NE(error_for(tool_answer("[1]")).find("is not an object"), std::string::npos);
}

TEST(CallCommand, a_page_instead_of_an_answer_is_not_agenthub) {
    FakeDaemon daemon;
    daemon.on_tool_call = [](const httplib::Request&, httplib::Response& response) {
        response.set_content("<html>", "text/html");
    };
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("HTTP 200 with text/html"), std::string::npos) << run.err;
}

TEST(CallCommand, nobody_there_fails_without_a_word_about_the_tool) {
    std::string url;
    {
        const FakeDaemon daemon;
        url = daemon.url();
    }
    const auto run = run_command({"call", "--url", url, "everything", "echo"});
    EXPECT_EQ(run.code, 1);
    EXPECT_TRUE(run.err.starts_with("agenthub call: cannot reach AgentHub at " + url)) << run.err;
    EXPECT_EQ(run.err.find("carried out"), std::string::npos) << run.err;
}

TEST(CallCommand, out_of_time_it_cancels_the_call_and_ends_the_session) {
    FakeDaemon daemon;
    daemon.on_tool_call = [&](const httplib::Request&, httplib::Response&) { daemon.hold(); };
    const auto run = call(daemon, {"--timeout", "0.5", "everything", "echo"});
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("no answer from 'everything' within 500 ms"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("--timeout"), std::string::npos) << run.err;
    EXPECT_EQ(daemon.seen(), (Names{"POST initialize", "POST notifications/initialized", "POST tools/call",
                                    "POST notifications/cancelled", "DELETE /mcp/everything"}));
    EXPECT_EQ(nlohmann::json::parse(daemon.request(3).body)["params"]["reason"], "out of time");
}

TEST(CallCommand, a_stream_that_keeps_talking_ends_at_the_timeout_all_the_same) {
    FakeDaemon daemon;
    daemon.on_tool_call = [](const httplib::Request&, httplib::Response& response) {
        response.set_chunked_content_provider("text/event-stream", [](std::size_t, httplib::DataSink& sink) {
            // Slower than the reader, and for as long as anybody listens.
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            return sink.write(": still here\n\n", 14);
        });
    };
    const auto run = call(daemon, {"--timeout", "0.5", "everything", "echo"});
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("within 500 ms"), std::string::npos) << run.err;
}

TEST(CallCommand, a_server_that_does_not_start_in_time_was_not_called) {
    FakeDaemon daemon;
    daemon.on_initialize = [&](const httplib::Request&, httplib::Response&) { daemon.hold(); };
    const auto run = call(daemon, {"--timeout", "0.2", "everything", "echo"});
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("the tool was not called"), std::string::npos) << run.err;
    EXPECT_EQ(daemon.seen(), Names{"POST initialize"});
}

TEST(CallCommand, an_interrupt_cancels_the_call_and_ends_the_session) {
    // Held back in every thread of this process, as the command alone would have it.
    sigset_t interrupt, before;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &interrupt, &before);
    {
        FakeDaemon daemon;
        daemon.on_tool_call = [&](const httplib::Request&, httplib::Response&) { daemon.hold(); };
        auto run = std::async(std::launch::async, [&] { return call(daemon); });
        daemon.entered();
        ASSERT_EQ(::kill(::getpid(), SIGINT), 0);
        const auto ended = run.get();
        EXPECT_EQ(ended.code, 1);
        EXPECT_TRUE(ended.err.starts_with("agenthub call: interrupted. It was cancelled")) << ended.err;
        const auto seen = daemon.seen();
        EXPECT_EQ(seen.at(seen.size() - 2), "POST notifications/cancelled");
        EXPECT_EQ(seen.back(), "DELETE /mcp/everything");
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace
}  // namespace agenthub
