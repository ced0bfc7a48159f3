// Calls through the real binary to a server that plays every fault.

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {
namespace {

class Calls : public ::testing::Test {
protected:
    Calls() : daemon_(hostile_config()), client_(daemon_.port()), other_(daemon_.port()) {
        client_.initialize();
        other_.initialize();
    }

    nlohmann::json stats() { return client_.call("stats").result()["structuredContent"]; }
    nlohmann::json counters() {
        httplib::Client http("127.0.0.1", daemon_.port());
        return nlohmann::json::parse(http.Get("/servers/hostile")->body)["process"]["counters"];
    }
    void expect_works() { EXPECT_EQ(client_.call("echo", {{"text", "fine"}}).text(), "fine"); }

    Daemon daemon_;
    McpClient client_;
    McpClient other_;
};

TEST_F(Calls, ids_come_back_with_their_json_type) {
    for (const nlohmann::json& id : {nlohmann::json(77), nlohmann::json("77"), nlohmann::json("ü\n\""),
                                     nlohmann::json(-1), nlohmann::json(9007199254740993)})
        EXPECT_EQ(client_.request("ping", nullptr, id).response()["id"], id);
    const Reply called = client_.request("tools/call", {{"name", "echo"}, {"arguments", {{"text", "x"}}}}, "abc");
    EXPECT_EQ(called.response()["id"], "abc");
}

TEST_F(Calls, equal_ids_of_two_clients_get_their_own_answers) {
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (McpClient* client : {&client_, &other_})
        threads.emplace_back([client, &wrong] {
            for (int i = 0; i < 50; ++i) {
                const std::string mine = client->session_id + std::to_string(i);
                const Reply reply =
                    client->request("tools/call", {{"name", "echo"}, {"arguments", {{"text", mine}}}}, i);
                if (reply.text() != mine || reply.response()["id"] != i)
                    ++wrong;
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, 0);
}

TEST_F(Calls, errors_pass_through_with_code_message_and_data) {
    const Reply reply = client_.call("error", {{"code", -32050}, {"message", "no"}, {"data", {{"why", 1}}}});
    EXPECT_EQ(reply.rpc_error(), (nlohmann::json{{"code", -32050}, {"message", "no"}, {"data", {{"why", 1}}}}));
    EXPECT_EQ(client_.request("no/such/method").rpc_error().value("code", 0), -32601);
    const Reply tool = client_.call("tool_error", {{"text", "sorry"}});
    EXPECT_TRUE(tool.result().value("isError", false));
}

TEST_F(Calls, progress_precedes_the_answer_with_the_clients_own_token) {
    for (const nlohmann::json& token : {nlohmann::json("t-1"), nlohmann::json(5)}) {
        const Reply reply = client_.call("progress", {{"n", 3}}, {{"progressToken", token}});
        EXPECT_TRUE(reply.is_stream());
        ASSERT_EQ(reply.messages.size(), 4U) << reply.body;
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ(reply.messages[static_cast<std::size_t>(i)]["params"]["progressToken"], token);
            EXPECT_EQ(reply.messages[static_cast<std::size_t>(i)]["params"]["progress"], i + 1);
        }
        EXPECT_EQ(reply.text(), "progress done");
    }
    EXPECT_FALSE(client_.call("progress", {{"n", 3}}).is_stream()) << "nothing precedes: plain JSON";
}

TEST_F(Calls, progress_that_does_not_increase_or_belongs_to_nobody_is_dropped) {
    const Reply constant = client_.call("progress", {{"n", 3}, {"mode", "constant"}}, {{"progressToken", 1}});
    EXPECT_EQ(constant.unasked().size(), 1U);
    const Reply unknown =
        client_.call("progress", {{"n", 1}, {"unknown_token", true}, {"after", true}}, {{"progressToken", 1}});
    EXPECT_EQ(unknown.unasked().size(), 1U);
    expect_works();
}

TEST_F(Calls, cancelling_reaches_the_server_and_ends_the_request) {
    auto pending = std::async(std::launch::async, [&] {
        return client_.request("tools/call", {{"name", "sleep_deaf"}, {"arguments", {{"ms", 300}}}}, "slow");
    });
    ASSERT_TRUE(wait_until([&] { return stats()["requests"]["tools/call"] >= 2; }));
    // Another session's cancel of the same id means nothing.
    other_.notify("notifications/cancelled", {{"requestId", "slow"}});
    EXPECT_TRUE(stats()["cancelled"].empty());
    client_.notify("notifications/cancelled", {{"requestId", "slow"}, {"reason", "changed my mind"}});
    EXPECT_EQ(pending.get().status, 202);
    EXPECT_EQ(stats()["cancelled"].size(), 1U);
    EXPECT_TRUE(wait_until([&] { return counters()["late_answers"] == 1; }));
}

TEST_F(Calls, big_answers_and_arguments_arrive_whole) {
    const Reply mega = client_.call("big", {{"n", 1 << 20}});
    EXPECT_EQ(mega.text().size(), 1U << 20);
    const Reply huge = client_.call("big", {{"n", 20 << 20}});
    EXPECT_EQ(huge.text().size(), 20U << 20);
    const std::string text(3 << 20, 'z');
    EXPECT_EQ(client_.call("echo", {{"text", text}}).text(), text);
    expect_works();
}

TEST_F(Calls, what_a_server_does_wrong_costs_nobody_anything) {
    EXPECT_EQ(client_.call("garbage").text(), "after the garbage");
    EXPECT_EQ(client_.call("twice").text(), "first");
    EXPECT_EQ(client_.call("wrong_id").text(), "right");
    EXPECT_EQ(client_.call("string_id").text(), "right");
    EXPECT_EQ(client_.call("noise", {{"n", 50 << 20}}).status, 200) << "stderr is drained always";
    auto first = client_.call_later("out_of_order", {{"k", 2}, {"text", "one"}});
    ASSERT_TRUE(wait_until([&] { return stats()["calls"].dump().find("out_of_order") != std::string::npos; }));
    EXPECT_EQ(other_.call("out_of_order", {{"k", 2}, {"text", "two"}}).text(), "two");
    EXPECT_EQ(first.get().text(), "one");
    EXPECT_GE(counters()["garbage_lines"], 4);
    EXPECT_GE(counters()["unknown_answers"], 4);
    expect_works();
}

TEST_F(Calls, what_the_client_cannot_answer_is_refused_for_it) {
    const auto answer = nlohmann::json::parse(client_.call("ask", {{"method", "sampling/createMessage"}}).text());
    EXPECT_EQ(answer["error"]["code"], -32601);
    EXPECT_EQ(counters()["asked_requests"], 1);
    EXPECT_EQ(nlohmann::json::parse(client_.call("ask", {{"method", "ping"}}).text())["result"],
              nlohmann::json::object());
}

TEST(CallLimits, a_call_that_takes_too_long_ends_and_says_which_limit) {
    auto config = hostile_config();
    config["mcpServers"]["hostile"]["call_timeout"] = "300ms";
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    const auto began = std::chrono::steady_clock::now();
    const Reply reply = client.call("sleep", {{"ms", 60'000}});
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
    EXPECT_EQ(reply.status, 200);
    EXPECT_NE(reply.rpc_error().value("message", "").find("call_timeout"), std::string::npos);
    EXPECT_NE(reply.rpc_error().value("message", "").find("hostile"), std::string::npos);
    EXPECT_EQ(reply.rpc_error()["data"].value("retry", ""), "unknown");
    EXPECT_EQ(client.call("stats").result()["structuredContent"]["cancelled"].size(), 1U);
}

TEST(CallLimits, an_answer_over_the_line_limit_fails_its_own_call_only) {
    auto config = hostile_config();
    config["limits"] = {{"line_bytes", 100'000}};
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    EXPECT_EQ(client.call("huge_line", {{"n", 100'000}}).rpc_error(), nullptr) << "at the limit";
    const Reply over = client.call("huge_line", {{"n", 100'001}});
    EXPECT_NE(over.rpc_error().value("message", "").find("limits.line_bytes"), std::string::npos) << over.body;
    EXPECT_EQ(client.call("echo", {{"text", "fine"}}).text(), "fine");
}

TEST(CallLimits, calls_over_the_pending_limit_are_refused_at_once) {
    auto config = hostile_config();
    config["limits"] = {{"pending_per_server", 2}};
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    std::vector<std::future<Reply>> calls;
    for (int i = 0; i < 3; ++i)
        calls.push_back(client.call_later("sleep", {{"ms", 3000}}));
    int served = 0;
    int refused = 0;
    for (auto& call : calls) {
        const Reply reply = call.get();
        served += reply.text() == "slept 3000 ms";
        refused += reply.rpc_error().is_object() && reply.rpc_error()["data"].value("retry", "") == "later";
    }
    EXPECT_EQ(served, 2) << "at the limit";
    EXPECT_EQ(refused, 1) << "one over";
    EXPECT_EQ(client.call("echo", {{"text", "fine"}}).text(), "fine");
}

TEST(CallLimits, a_server_that_stops_reading_does_not_stop_others) {
    auto config = hostile_config();
    config["mcpServers"]["other"] = hostile();
    config["mcpServers"]["hostile"]["call_timeout"] = 1;
    Daemon daemon(config);
    McpClient deaf(daemon.port());
    deaf.initialize();
    EXPECT_EQ(deaf.call("stop_reading").text(), "deaf from now on");
    auto stuck = deaf.call_later("echo", {{"text", std::string(4 << 20, 'x')}});
    McpClient other(daemon.port(), "other");
    other.initialize();
    EXPECT_EQ(other.call("echo", {{"text", "fine"}}).text(), "fine");
    EXPECT_FALSE(stuck.get().rpc_error().is_null());
}

}  // namespace
}  // namespace agenthub::test
