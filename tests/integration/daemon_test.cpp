// The daemon as a process: start, end, sudden end, and what it says when it cannot start.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <cstdio>

#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"
#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

TEST(DaemonEnd, kill_9_leaves_no_server_process_grandchildren_included) {
    auto config = hostile_config({"--ignore-term", "--grandchild"});
    config["mcpServers"]["second"] = hostile({"--grandchild"});
    DaemonOptions options;
    options.config = config;
    options.expect_no_leftovers = false;  // this test looks itself
    Daemon daemon(std::move(options));
    for (const char* name : {"hostile", "second"}) {
        McpClient client(daemon.port(), name);
        client.initialize();
    }
    EXPECT_EQ(daemon.server_processes().size(), 4U);
    daemon.kill9();
    EXPECT_TRUE(wait_until([&] { return daemon.processes().empty(); }, std::chrono::seconds(2)));
}

// Each look is a call, too.
static bool has_come_besides_stats(McpClient& client) {
    int looks = 0;
    return wait_until([&] {
        ++looks;
        return client.call("stats").result()["structuredContent"]["requests"].value("tools/call", 0) > looks;
    });
}

TEST(DaemonEnd, sigterm_answers_what_is_in_flight_and_exits_0) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    auto call = client.call_later("sleep", {{"ms", 1000}, {"text", "answered"}});
    ASSERT_TRUE(has_come_besides_stats(client));
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_EQ(call.get().text(), "answered");
}

TEST(DaemonEnd, a_call_that_outlasts_the_drain_time_gets_an_error_and_a_second_signal_hurries) {
    Daemon daemon(hostile_config({"--ignore-term"}));
    McpClient client(daemon.port());
    client.initialize();
    auto call = client.call_later("sleep", {{"ms", 60'000}});
    ASSERT_TRUE(has_come_besides_stats(client));
    const auto began = std::chrono::steady_clock::now();
    daemon.signal(SIGTERM);
    ASSERT_TRUE(wait_until([&] { return daemon.stderr_text().find("shutting down") != std::string::npos; }));
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait_exit(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
    EXPECT_FALSE(call.get().rpc_error().is_null());
}

TEST(DaemonStart, works_without_any_configuration) {
    DaemonOptions options;
    options.config_text = "";
    Daemon daemon(std::move(options));
    EXPECT_TRUE(daemon.running());
}

TEST(DaemonStart, a_second_daemon_on_the_same_state_directory_is_refused) {
    Daemon first(hostile_config());
    const std::string command =
        std::string(AGENTHUB_BINARY) + " serve --listen 127.0.0.1:0 --state-dir " + first.state_dir() + " 2>&1";
    FILE* second = ::popen(command.c_str(), "r");
    ASSERT_NE(second, nullptr);
    std::string said(4096, '\0');
    said.resize(std::fread(said.data(), 1, said.size(), second));
    EXPECT_EQ(WEXITSTATUS(::pclose(second)), 1);
    EXPECT_NE(said.find("pid " + std::to_string(first.pid())), std::string::npos) << said;
}

TEST(DaemonStart, a_port_in_use_is_said_with_what_to_do) {
    Daemon first(hostile_config());
    DaemonOptions options;
    options.config = hostile_config();
    options.args = {"--listen", "127.0.0.1:" + std::to_string(first.port())};
    options.wait_ready = false;
    Daemon second(std::move(options));
    EXPECT_EQ(second.wait_exit(), 1);
    EXPECT_NE(second.stderr_text().find("--listen"), std::string::npos) << second.stderr_text();
}

TEST(DaemonStart, a_faulty_configuration_exits_2_naming_the_path) {
    DaemonOptions options;
    options.config_text = R"({"limits": {"body_bytes": "many"}})";
    options.wait_ready = false;
    Daemon daemon(std::move(options));
    EXPECT_EQ(daemon.wait_exit(), 2);
    EXPECT_NE(daemon.stderr_text().find("limits.body_bytes"), std::string::npos) << daemon.stderr_text();
}

TEST(DaemonStart, listens_on_a_unix_socket_too) {
    TempDir dir;
    auto config = hostile_config();
    DaemonOptions options;
    options.config = config;
    options.args = {"--listen", "unix:" + dir.file("hub.sock")};
    Daemon daemon(std::move(options));
    httplib::Client http(dir.file("hub.sock"));
    http.set_address_family(AF_UNIX);
    const auto reply = http.Get("/livez");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200);
}

TEST(DaemonHealth, stays_quick_whatever_the_servers_do) {
    auto config = hostile_config();
    config["mcpServers"]["silent"] = hostile({"--silent"});
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    auto hung = client.call_later("hang");
    McpClient silent(daemon.port(), "silent");
    auto starting = std::async(std::launch::async, [&] { return silent.initialize(); });
    httplib::Client http("127.0.0.1", daemon.port());
    for (int i = 0; i < 50; ++i) {
        const auto began = std::chrono::steady_clock::now();
        const auto reply = http.Get(i % 2 == 0 ? "/health" : "/servers/hostile");
        ASSERT_TRUE(reply) << httplib::to_string(reply.error()) << " in round " << i << "\n" << daemon.stderr_text();
        EXPECT_EQ(reply->status, 200);
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(250));
    }
    daemon.signal(SIGTERM);
    // Two signals of a kind that are pending together are one.
    EXPECT_TRUE(wait_until([&] { return daemon.stderr_text().find("shutting down") != std::string::npos; }));
    daemon.signal(SIGTERM);
    daemon.wait_exit();
    hung.get();
    starting.get();
}

TEST(DaemonHealth, has_the_prototypes_keys) {
    Daemon daemon(hostile_config());
    httplib::Client http("127.0.0.1", daemon.port());
    const auto health = nlohmann::json::parse(http.Get("/health")->body);
    EXPECT_EQ(health["status"], "healthy");
    EXPECT_EQ(health["services"]["router"], "up");
    EXPECT_EQ(health["servers"]["total"], 1);
    const auto server = nlohmann::json::parse(http.Get("/health/hostile")->body);
    EXPECT_EQ(server["circuit_breaker"].size(), 8U);
    EXPECT_EQ(server["config"].size(), 3U);
    EXPECT_EQ(http.Get("/health/none")->status, 404);
    const auto list = nlohmann::json::parse(http.Get("/servers")->body);
    EXPECT_EQ(list["servers"][0].size(), 8U);
}

}  // namespace
}  // namespace agenthub::test
