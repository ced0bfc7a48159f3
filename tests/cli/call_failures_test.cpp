#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <future>

#include "tests/cli/call_helpers.hpp"

namespace agenthub {
namespace {

// The JSON-RPC error as a tool call's answer.
std::string rpc_error(const std::string& error) {
    return R"({"jsonrpc":"2.0","id":2,"error":)" + error + "}";
}

TEST(CallFailures, an_error_of_the_tool_is_printed_and_fails) {
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

TEST(CallFailures, a_json_rpc_error_fails_with_its_reason_and_what_to_do) {
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

TEST(CallFailures, an_unknown_server_is_refused_at_initialize) {
    FakeDaemon daemon;
    daemon.on_initialize = answer_json(R"({"jsonrpc":"2.0","error":{"code":-32600,"message":"no server 'everything'",)"
                                       R"("data":{"reason":"server_unknown"}}})",
                                       404);
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("`agenthub status` lists the servers"), std::string::npos) << run.err;
    EXPECT_EQ(daemon.seen(), Names{"POST initialize"}) << "there is no session to end";
}

TEST(CallFailures, a_detail_is_told_with_its_status) {
    FakeDaemon daemon;
    daemon.on_initialize = answer_json(R"({"detail":"Server everything is not running"})", 503);
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("HTTP 503: Server everything is not running"), std::string::npos) << run.err;
}

TEST(CallFailures, a_refused_initialized_notification_ends_the_session) {
    FakeDaemon daemon;
    daemon.on_initialized = answer_json(R"({"detail":"not now"})", 503);
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("not now"), std::string::npos) << run.err;
    EXPECT_EQ(daemon.seen(), (Names{"POST initialize", "POST notifications/initialized", "DELETE /mcp/everything"}));
}

TEST(CallFailures, an_initialize_without_a_version_is_another_protocol) {
    FakeDaemon daemon;
    daemon.on_initialize = answer_json(R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":7}})");
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("names no protocol version"), std::string::npos) << run.err;
}

TEST(CallFailures, a_stream_that_ends_without_an_answer_leaves_the_outcome_open) {
    FakeDaemon daemon;
    daemon.on_tool_call =
        answer_events({R"({"jsonrpc":"2.0","method":"notifications/message","params":{"data":"bye"}})"});
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("the event stream ended before the answer came"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("may or may not have been carried out"), std::string::npos) << run.err;
}

TEST(CallFailures, dying_in_the_middle_of_an_answer_leaves_the_outcome_open) {
    for (const char* type : {"application/json", "text/event-stream"}) {
        FakeDaemon daemon;
        daemon.on_tool_call = answer_half(R"(data: {"jsonrpc":"2.0","id":2,"resu)", type);
        const auto run = call(daemon);
        EXPECT_EQ(run.code, 1);
        EXPECT_NE(run.err.find("ended before the answer was complete"), std::string::npos) << run.err;
        EXPECT_NE(run.err.find("may or may not have been carried out"), std::string::npos) << run.err;
    }
}

TEST(CallFailures, answers_that_are_none_fail) {
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

TEST(CallFailures, a_page_instead_of_an_answer_is_not_agenthub) {
    FakeDaemon daemon;
    daemon.on_tool_call = [](const httplib::Request&, httplib::Response& response) {
        response.set_content("<html>", "text/html");
    };
    const auto run = call(daemon);
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("HTTP 200 with text/html"), std::string::npos) << run.err;
}

TEST(CallFailures, nobody_there_fails_without_a_word_about_the_tool) {
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

TEST(CallFailures, out_of_time_it_cancels_the_call_and_ends_the_session) {
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

TEST(CallFailures, a_stream_that_keeps_talking_ends_at_the_timeout_all_the_same) {
    FakeDaemon daemon;
    daemon.on_tool_call = [](const httplib::Request&, httplib::Response& response) {
        response.set_chunked_content_provider("text/event-stream", [](std::size_t, httplib::DataSink& sink) {
            return sink.write(": still here\n\n", 14);  // for as long as anybody listens
        });
    };
    const auto run = call(daemon, {"--timeout", "0.5", "everything", "echo"});
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("within 500 ms"), std::string::npos) << run.err;
}

TEST(CallFailures, a_server_that_does_not_start_in_time_was_not_called) {
    FakeDaemon daemon;
    daemon.on_initialize = [&](const httplib::Request&, httplib::Response&) { daemon.hold(); };
    const auto run = call(daemon, {"--timeout", "0.2", "everything", "echo"});
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("the tool was not called"), std::string::npos) << run.err;
    EXPECT_EQ(daemon.seen(), Names{"POST initialize"});
}

TEST(CallFailures, an_interrupt_cancels_the_call_and_ends_the_session) {
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
