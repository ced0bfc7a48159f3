// Servers that fail: what is told of them, when they come back, and what operators can do meanwhile.

#include <gtest/gtest.h>

#include "tests/integration/admin_http.hpp"
#include "tests/integration/start_file.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"
#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

TEST(FailedServers, a_failed_server_says_reason_code_since_when_next_attempt_and_last_words) {
    auto config = hostile_config({"--exit-at-start", "3", "--stderr-text", "cannot find my table"});
    config["mcpServers"]["hostile"]["max_restarts"] = 0;
    Daemon daemon(config);
    McpClient client(daemon.port());
    const Reply reply = client.initialize();
    EXPECT_EQ(reply.rpc_error()["data"]["reason"], "start_exited");
    EXPECT_EQ(reply.rpc_error()["data"]["code"], "AH-205");
    // Its process is let go a moment after it has been answered for.
    ASSERT_TRUE(wait_until([&] { return daemon.server_processes().empty(); }));
    const auto process = process_of(daemon);
    EXPECT_EQ(process["status"], "failed");
    EXPECT_EQ(process["last_error_code"], "AH-205");
    EXPECT_NE(process["reason"].get<std::string>().find("given up"), std::string::npos);
    EXPECT_NE(process["stderr"].get<std::string>().find("cannot find my table"), std::string::npos);
    EXPECT_TRUE(process["since"].is_string());
    EXPECT_TRUE(process["next_attempt"].is_string());
    EXPECT_EQ(get(daemon, "/health")["servers"]["servers"]["hostile"]["last_error_code"], "AH-205");
    EXPECT_TRUE(wait_until([&] { return daemon.stderr_text().find("(AH-205)") != std::string::npos; }))
        << daemon.stderr_text();
}

TEST(FailedServers, an_operators_start_does_not_wait_for_the_back_off) {
    TempDir dir;
    auto config = hostile_config({"--fail-handshake", "--start-file", dir.file("starts")});
    config["mcpServers"]["hostile"]["max_restarts"] = 1000;
    Daemon daemon(config);
    McpClient client(daemon.port());
    EXPECT_EQ(client.initialize().rpc_error()["data"]["code"], "AH-206");
    ASSERT_TRUE(wait_until([&] { return process_of(daemon)["next_attempt"].is_string(); }));
    EXPECT_EQ(process_of(daemon)["status"], "starting");
    const auto before = starts(dir.file("starts"));
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(post(daemon, "/servers/hostile/start"), 500) << "tried, and refused again";
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(1500));
    EXPECT_EQ(starts(dir.file("starts")), before + 1);
    EXPECT_EQ(process_of(daemon)["restart_count"], 0);
}

TEST(FailedServers, a_program_that_is_not_there_is_not_tried_again_by_itself) {
    auto config = hostile_config();
    config["mcpServers"]["hostile"]["command"] = "/nonexistent/program";
    Daemon daemon(config);
    McpClient client(daemon.port());
    EXPECT_EQ(client.initialize().rpc_error()["data"]["code"], "AH-204");
    EXPECT_EQ(process_of(daemon)["status"], "failed");
    EXPECT_EQ(process_of(daemon)["restart_count"], 0);
    EXPECT_EQ(process_of(daemon)["last_error_code"], "AH-204");
}

// One of three operators' wishes after the other, from many callers at once.
void wish(const Daemon& daemon, int caller) {
    static constexpr const char* kWishes[] = {"start", "stop", "restart"};
    for (int i = 0; i < 6; ++i) {
        const int status = post(daemon, std::string("/servers/hostile/") + kWishes[(caller + i) % 3]);
        // 500: another caller's wish came in between, and the reply says which.
        EXPECT_TRUE(status == 200 || status == 400 || status == 500) << status;
    }
}

TEST(FailedServers, starts_stops_and_restarts_from_many_callers_end_in_one_state_and_one_process) {
    Daemon daemon(hostile_config());
    std::vector<std::future<void>> callers;
    for (int caller = 0; caller < 12; ++caller)
        callers.push_back(std::async(std::launch::async, wish, std::cref(daemon), caller));
    for (auto& caller : callers)
        caller.get();
    const auto settled = [&] {
        const auto state = process_of(daemon)["status"];
        return state == "running" || state == "stopped";
    };
    ASSERT_TRUE(wait_until(settled)) << process_of(daemon);
    EXPECT_TRUE(wait_until(
        [&] { return daemon.server_processes().size() == (process_of(daemon)["status"] == "running" ? 1U : 0U); }));
    const int status = post(daemon, "/servers/hostile/start");
    EXPECT_TRUE(status == 200 || status == 400) << status;
    EXPECT_EQ(process_of(daemon)["status"], "running");
    EXPECT_EQ(daemon.server_processes().size(), 1U);
    EXPECT_EQ(daemon.server_processes().front(), process_of(daemon)["pid"].get<pid_t>());
    EXPECT_EQ(daemon.zombies(), 0U);
}

}  // namespace
}  // namespace agenthub::test
