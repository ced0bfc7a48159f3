// Processes: started once, answered for when they die, started again, never left behind.

#include <gtest/gtest.h>
#include <signal.h>

#include "tests/integration/admin_http.hpp"
#include "tests/integration/start_file.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"
#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

TEST(Supervision, fifty_first_calls_start_one_process) {
    TempDir dir;
    Daemon daemon(hostile_config({"--slow-start", "500", "--start-file", dir.file("starts")}));
    std::vector<std::future<std::string>> calls;
    for (int i = 0; i < 50; ++i)
        calls.push_back(std::async(std::launch::async, [&daemon, i] {
            McpClient client(daemon.port());
            client.initialize();
            return client.call("echo", {{"text", std::to_string(i)}}).text();
        }));
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(calls[static_cast<std::size_t>(i)].get(), std::to_string(i));
    EXPECT_EQ(starts(dir.file("starts")), 1U);
}

TEST(Supervision, a_killed_server_answers_all_32_calls_in_flight_and_the_next_one_succeeds) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    std::vector<std::future<Reply>> calls;
    for (int i = 0; i < 32; ++i)
        calls.push_back(client.call_later("sleep", {{"ms", 60'000}}));
    const auto pending = [&] {
        return client.call("stats").result()["structuredContent"]["requests"].value("tools/call", 0) >= 33;
    };
    ASSERT_TRUE(wait_until(pending));
    const auto pid = process_of(daemon)["pid"].get<pid_t>();
    const auto killed = std::chrono::steady_clock::now();
    ::kill(pid, SIGKILL);
    for (auto& call : calls) {
        const Reply reply = call.get();
        EXPECT_EQ(reply.status, 200);
        EXPECT_NE(reply.rpc_error().value("message", "").find("SIGKILL"), std::string::npos) << reply.body;
    }
    EXPECT_LT(std::chrono::steady_clock::now() - killed, std::chrono::seconds(2));
    EXPECT_EQ(client.call("echo", {{"text", "again"}}).text(), "again");
    EXPECT_NE(process_of(daemon)["pid"].get<pid_t>(), pid);
    EXPECT_EQ(process_of(daemon)["restart_count"], 1);
}

TEST(Supervision, start_and_stop_have_the_prototypes_codes_and_clear_the_pid) {
    Daemon daemon(hostile_config());
    EXPECT_EQ(post(daemon, "/servers/nobody/start"), 404);
    EXPECT_EQ(post(daemon, "/servers/hostile/stop"), 400);
    EXPECT_EQ(post(daemon, "/servers/hostile/start"), 200);
    EXPECT_EQ(post(daemon, "/servers/hostile/start"), 400);
    const auto pid = process_of(daemon)["pid"].get<pid_t>();
    EXPECT_EQ(post(daemon, "/servers/hostile/restart"), 200);
    EXPECT_FALSE(is_alive(pid));
    const auto second = process_of(daemon)["pid"].get<pid_t>();
    EXPECT_EQ(post(daemon, "/servers/hostile/stop"), 200);
    EXPECT_TRUE(process_of(daemon)["pid"].is_null());
    EXPECT_FALSE(is_alive(second));
    EXPECT_EQ(post(daemon, "/servers/hostile/stop"), 400);
    McpClient client(daemon.port());
    EXPECT_EQ(client.initialize().status, 200) << "it is known";
    EXPECT_EQ(client.call("echo").rpc_error()["data"]["reason"], "server_stopped") << "an operator stopped it";
    EXPECT_EQ(post(daemon, "/servers/hostile/start"), 200);
    EXPECT_EQ(client.call("echo", {{"text", "again"}}).text(), "again");
}

TEST(Supervision, a_server_that_ignores_every_request_to_stop_is_killed_in_time) {
    auto config = hostile_config({"--ignore-term", "--grandchild"});
    config["mcpServers"]["hostile"]["stop_timeout"] = "300ms";
    Daemon daemon(config);
    EXPECT_EQ(post(daemon, "/servers/hostile/start"), 200);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(post(daemon, "/servers/hostile/stop"), 200);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
    EXPECT_TRUE(daemon.server_processes().empty()) << "its double-forked grandchild too";
}

TEST(Supervision, a_server_that_exits_at_start_ends_as_failed_after_its_budget) {
    TempDir dir;
    auto config = hostile_config({"--exit-at-start", "3", "--start-file", dir.file("starts")});
    config["mcpServers"]["hostile"]["max_restarts"] = 1;
    config["mcpServers"]["hostile"]["auto_start"] = true;
    Daemon daemon(config);
    ASSERT_TRUE(wait_until([&] { return process_of(daemon)["status"] == "failed"; }));
    EXPECT_EQ(starts(dir.file("starts")), 3U)
        << "the first was asked for its era, over which old servers may exit: it does not count";
    EXPECT_EQ(process_of(daemon)["restart_count"], 1);
    EXPECT_NE(process_of(daemon)["last_error"].get<std::string>().find("code 3"), std::string::npos);
    EXPECT_EQ(get(daemon, "/health")["servers"]["failed"], 1);
    EXPECT_EQ(post(daemon, "/servers/hostile/restart"), 500);
}

TEST(Supervision, without_restart_a_dead_server_stays_down_with_its_exit_code) {
    auto config = hostile_config();
    config["mcpServers"]["hostile"]["restart_on_failure"] = false;
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    client.call("die", {{"code", 9}});
    ASSERT_TRUE(wait_until([&] { return process_of(daemon)["status"] == "stopped"; }));
    EXPECT_NE(process_of(daemon)["last_error"].get<std::string>().find("code 9"), std::string::npos);
    EXPECT_EQ(process_of(daemon)["last_error_code"], "AH-401");
    EXPECT_TRUE(process_of(daemon)["pid"].is_null());
}

TEST(Supervision, a_server_that_never_answers_initialize_costs_only_its_start_timeout) {
    auto config = hostile_config({"--silent"});
    config["mcpServers"]["hostile"]["start_timeout"] = "300ms";
    config["mcpServers"]["hostile"]["max_restarts"] = 0;
    Daemon daemon(config);
    McpClient client(daemon.port());
    EXPECT_EQ(client.initialize().status, 503);
    ASSERT_TRUE(wait_until([&] { return daemon.server_processes().empty(); }));
    daemon.settle();
    const auto before = daemon.fds();  // with what the first start opened for good
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(client.initialize().status, 503);
        EXPECT_NE(post(daemon, "/servers/hostile/restart"), 200);
    }
    EXPECT_TRUE(wait_until([&] { return daemon.server_processes().empty(); }));
    // A closing connection or two may still be there; a leak would be one per start.
    EXPECT_TRUE(wait_until([&] { return daemon.fds() <= before + 3; })) << before << " → " << daemon.fds();
}

TEST(Supervision, a_hung_server_is_found_by_its_pings_and_restarted) {
    auto config = hostile_config();
    config["mcpServers"]["hostile"]["health_check_interval"] = "100ms";
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    const auto pid = process_of(daemon)["pid"].get<pid_t>();
    ::kill(pid, SIGSTOP);
    EXPECT_TRUE(wait_until([&] { return process_of(daemon)["restart_count"] == 1; }, std::chrono::seconds(60)));
    EXPECT_EQ(client.call("echo", {{"text", "again"}}).text(), "again");
}

TEST(Supervision, auto_start_servers_start_side_by_side) {
    nlohmann::json config;
    for (int i = 0; i < 5; ++i) {
        auto entry = hostile({"--slow-start", "1000"});
        entry["auto_start"] = true;
        config["mcpServers"]["s" + std::to_string(i)] = entry;
    }
    const auto began = std::chrono::steady_clock::now();
    Daemon daemon(config);
    EXPECT_TRUE(wait_until([&] { return get(daemon, "/health")["servers"]["running"] == 5; }));
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(4));
}

TEST(Supervision, two_hundred_kills_leave_nothing_behind) {
    auto config = hostile_config();
    config["mcpServers"]["hostile"]["max_restarts"] = 1000;
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    daemon.settle();
    const auto before = daemon.fds();
    for (int i = 0; i < 200; ++i) {
        ASSERT_EQ(post(daemon, "/servers/hostile/restart"), 200) << i;
        const auto pid = process_of(daemon)["pid"].get<pid_t>();
        ::kill(pid, SIGKILL);
        ASSERT_TRUE(wait_until([&] { return !is_alive(pid); }));
    }
    EXPECT_EQ(post(daemon, "/servers/hostile/restart"), 200);
    EXPECT_TRUE(wait_until([&] { return daemon.fds() <= before; })) << before << " → " << daemon.fds();
    EXPECT_EQ(daemon.zombies(), 0U);
    EXPECT_EQ(daemon.server_processes().size(), 1U);
}

TEST(Supervision, servers_inherit_no_descriptor_and_a_clean_environment) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    const auto fds = nlohmann::json::parse(client.call("fds").text());
    EXPECT_EQ(fds.size(), 3U) << fds;
    const auto environment = nlohmann::json::parse(client.call("env").text());
    EXPECT_FALSE(environment.contains("NOTIFY_SOCKET"));
    EXPECT_TRUE(environment.contains("PATH"));
}

TEST(Supervision, secrets_of_a_server_are_not_shown) {
    auto config = hostile_config();
    config["mcpServers"]["hostile"]["env"] = {{"TOKEN", "abc-secret"}};
    Daemon daemon(config);
    EXPECT_EQ(get(daemon, "/servers/hostile").dump().find("abc-secret"), std::string::npos);
    EXPECT_EQ(get(daemon, "/servers/hostile")["config"]["env"]["TOKEN"], "***");
}

}  // namespace
}  // namespace agenthub::test
