// Servers that hang or no longer work: found by their health check, answered for, and replaced.

#include <gtest/gtest.h>
#include <signal.h>

#include "tests/integration/admin_http.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {
namespace {

nlohmann::json config_with(const nlohmann::json& keys, std::vector<std::string> args = {}) {
    auto config = hostile_config(std::move(args));
    config["mcpServers"]["hostile"].update(
        {{"health_check_interval", "100ms"}, {"health_check_timeout", "200ms"}, {"health_check_failures", 2}});
    config["mcpServers"]["hostile"].update(keys);
    return config;
}

TEST(HealthChecks, a_hung_server_is_replaced_at_once_and_its_callers_are_answered) {
    Daemon daemon(config_with(nlohmann::json::object()));
    McpClient client(daemon.port());
    client.initialize();
    auto pending = client.call_later("sleep", {{"ms", 60'000}});
    ASSERT_TRUE(wait_until([&] { return get(daemon, "/servers/hostile")["calls"]["running"] == 1; }));
    const auto pid = process_of(daemon)["pid"].get<pid_t>();
    ::kill(pid, SIGSTOP);
    const Reply reply = pending.get();
    EXPECT_EQ(reply.rpc_error()["data"]["reason"], "server_unhealthy") << reply.body;
    EXPECT_EQ(reply.rpc_error()["data"]["code"], "AH-402");
    EXPECT_EQ(reply.rpc_error()["data"]["retry"], "unknown");
    EXPECT_NE(reply.rpc_error()["message"].get<std::string>().find("failed its health check (ping), 2 of 2"),
              std::string::npos)
        << reply.body;
    EXPECT_EQ(client.call("echo", {{"text", "again"}}).text(), "again");
    EXPECT_NE(process_of(daemon)["pid"].get<pid_t>(), pid);
    EXPECT_EQ(process_of(daemon)["restart_count"], 1);
    EXPECT_EQ(process_of(daemon)["last_error_code"], "AH-402");
}

TEST(HealthChecks, a_server_without_ping_can_be_asked_for_its_list) {
    Daemon daemon(config_with({{"health_check", "tools/list"}}, {"--no-ping"}));
    McpClient client(daemon.port());
    client.initialize();
    const auto asked = [&] {
        return client.call("stats").result()["structuredContent"]["requests"].value("tools/list", 0) >= 5;
    };
    EXPECT_TRUE(wait_until(asked));
    EXPECT_EQ(process_of(daemon)["restart_count"], 0);
}

TEST(HealthChecks, a_tool_that_fails_is_as_bad_as_no_answer) {
    const nlohmann::json probe = {{"method", "tools/call"},
                                  {"params", {{"name", "tool_error"}, {"arguments", {{"text", "broken"}}}}}};
    Daemon daemon(config_with({{"health_check", probe}}));
    McpClient client(daemon.port());
    client.initialize();
    ASSERT_TRUE(wait_until([&] { return process_of(daemon)["restart_count"].get<int>() >= 1; }));
    const auto last_error = process_of(daemon)["last_error"].get<std::string>();
    EXPECT_NE(last_error.find("failed its health check (tools/call), 2 of 2"), std::string::npos) << last_error;
    EXPECT_NE(last_error.find("broken"), std::string::npos) << last_error;
}

TEST(HealthChecks, another_check_holds_after_a_reload_without_a_new_process) {
    auto config = config_with({{"health_check_interval", 0}});
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    const auto pid = process_of(daemon)["pid"].get<pid_t>();
    config["mcpServers"]["hostile"]["health_check_interval"] = "100ms";
    config["mcpServers"]["hostile"]["health_check"] = "prompts/list";
    daemon.write_config(config);
    ASSERT_EQ(post(daemon, "/admin/reload"), 200);
    const auto asked = [&] {
        return client.call("stats").result()["structuredContent"]["requests"].value("prompts/list", 0) >= 2;
    };
    EXPECT_TRUE(wait_until(asked));
    EXPECT_EQ(process_of(daemon)["pid"].get<pid_t>(), pid);
}

}  // namespace
}  // namespace agenthub::test
