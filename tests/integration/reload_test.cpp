// A changed configuration is taken over, server by server, while everything else goes on.

#include <gtest/gtest.h>

#include "tests/integration/reload_client.hpp"
#include "tests/support/event_stream.hpp"
#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

TEST(Reload, an_untouched_server_keeps_its_process_and_its_sessions) {
    Daemon daemon(two_servers());
    McpClient stays(daemon.port(), "stays");
    McpClient other(daemon.port(), "other");
    stays.initialize();
    other.initialize();
    const pid_t stays_pid = pid_of(daemon, "stays");
    const pid_t other_pid = pid_of(daemon, "other");
    ASSERT_GT(stays_pid, 0);
    ASSERT_GT(other_pid, 0);
    auto config = two_servers();
    config["mcpServers"]["other"] = hostile({"--name", "changed"});
    config["mcpServers"]["new"] = hostile();
    daemon.write_config(config);
    const Answer answer = reload(daemon);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body["servers"]["changed"], json::array({"other"}));
    EXPECT_EQ(answer.body["servers"]["added"], json::array({"new"}));
    EXPECT_EQ(answer.body["servers"]["removed"], json::array());
    EXPECT_EQ(answer.body["file"], daemon.config_file());

    EXPECT_EQ(other.call("echo", {{"text", "same session"}}).text(), "same session");
    EXPECT_NE(pid_of(daemon, "other"), other_pid);
    EXPECT_FALSE(is_alive(other_pid));
    EXPECT_EQ(stays.call("echo", {{"text", "still"}}).text(), "still");
    EXPECT_EQ(pid_of(daemon, "stays"), stays_pid);
    McpClient added(daemon.port(), "new");
    added.initialize();
    EXPECT_EQ(added.call("echo", {{"text", "hello"}}).text(), "hello");
    EXPECT_EQ(reload(daemon).body["message"], "Nothing has changed");
}

TEST(Reload, what_is_in_flight_at_a_changed_server_is_answered_and_later_calls_wait_for_the_next_process) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    const pid_t before = pid_of(daemon, "hostile");
    auto slow = client.call_later("sleep", {{"ms", 1500}, {"text", "from the old one"}});
    ASSERT_TRUE(wait_until([&] { return has_called(client, 2); }));
    auto config = hostile_config();
    config["mcpServers"]["hostile"]["env"]["MORE"] = "1";
    daemon.write_config(config);
    ASSERT_EQ(reload(daemon).status, 200);
    auto later = client.call_later("echo", {{"text", "from the new one"}});
    EXPECT_EQ(slow.get().text(), "from the old one");
    EXPECT_EQ(later.get().text(), "from the new one");
    EXPECT_NE(pid_of(daemon, "hostile"), before);
    EXPECT_FALSE(is_alive(before));
}

TEST(Reload, a_call_that_outlasts_the_drain_time_is_answered_with_an_error) {
    auto config = hostile_config();
    config["limits"]["drain_timeout"] = "300ms";
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    auto slow = client.call_later("sleep", {{"ms", 60'000}});
    ASSERT_TRUE(wait_until([&] { return has_called(client, 2); }));
    config["mcpServers"]["hostile"]["env"]["MORE"] = "1";
    config["mcpServers"]["hostile"]["stop_timeout"] = "300ms";
    daemon.write_config(config);
    ASSERT_EQ(reload(daemon).status, 200);
    EXPECT_EQ(slow.get().rpc_error()["data"]["reason"], "server_exited");
    EXPECT_EQ(client.call("echo", {{"text", "next"}}).text(), "next");
}

TEST(Reload, a_removed_server_answers_what_is_in_flight_and_is_gone_with_its_sessions) {
    Daemon daemon(two_servers());
    McpClient client(daemon.port(), "other");
    client.initialize();
    const auto stream = client.get_stream();
    const pid_t pid = pid_of(daemon, "other");
    auto slow = client.call_later("sleep", {{"ms", 1000}, {"text", "last words"}});
    ASSERT_TRUE(wait_until([&] { return has_called(client, 2); }));
    auto config = two_servers();
    config["mcpServers"].erase("other");
    daemon.write_config(config);
    const Answer answer = reload(daemon);
    EXPECT_EQ(answer.body["servers"]["removed"], json::array({"other"}));
    EXPECT_EQ(client.call("echo", {{"text", "x"}}).status, 404);
    EXPECT_EQ(slow.get().text(), "last words");
    EXPECT_TRUE(wait_until([&] { return !is_alive(pid); }));
    EXPECT_TRUE(process_of(daemon, "other").is_null());
    // A server that comes back knows nothing of them.
    daemon.write_config(two_servers());
    EXPECT_EQ(reload(daemon).body["servers"]["added"], json::array({"other"}));
    EXPECT_EQ(client.call("echo", {{"text", "x"}}).status, 404);
    EXPECT_EQ(client.call("echo", {{"text", "x"}}).rpc_error()["code"], -32001);
}

TEST(Reload, a_server_that_is_removed_and_added_again_at_once_never_has_two_processes) {
    auto config = hostile_config({"--ignore-term"});
    config["mcpServers"]["hostile"]["stop_timeout"] = "300ms";
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    const pid_t first = pid_of(daemon, "hostile");
    config["mcpServers"]["hostile"]["auto_start"] = true;
    daemon.write_config({{"mcpServers", json::object()}});
    ASSERT_EQ(reload(daemon).status, 200);
    daemon.write_config(config);
    ASSERT_EQ(reload(daemon).status, 200);
    bool both = false;
    EXPECT_TRUE(wait_until([&] {
        const pid_t second = pid_of(daemon, "hostile");
        both = both || (second > 0 && is_alive(first));
        return second > 0 && second != first;
    }));
    EXPECT_FALSE(both);
    EXPECT_FALSE(is_alive(first));
}

TEST(Reload, what_a_process_does_not_know_of_is_taken_over_without_another) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    const pid_t before = pid_of(daemon, "hostile");
    auto config = hostile_config();
    config["mcpServers"]["hostile"]["call_timeout"] = "200ms";
    config["mcpServers"]["hostile"]["health_check_interval"] = 0;
    daemon.write_config(config);
    EXPECT_EQ(reload(daemon).body["servers"]["updated"], json::array({"hostile"}));
    EXPECT_EQ(client.call("sleep", {{"ms", 60'000}}).rpc_error()["data"]["reason"], "call_timeout");
    EXPECT_EQ(pid_of(daemon, "hostile"), before);
    // A health check that begins with a reload is a real one.
    config["mcpServers"]["hostile"]["health_check_interval"] = "50ms";
    daemon.write_config(config);
    EXPECT_EQ(reload(daemon).status, 200);
    EXPECT_TRUE(wait_until(
        [&] { return client.call("stats").result()["structuredContent"]["requests"].value("ping", 0) >= 2; }));
}

TEST(Reload, a_disabled_server_stops_and_an_enabled_one_runs_again_in_the_same_session) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    const pid_t before = pid_of(daemon, "hostile");
    auto config = hostile_config();
    config["mcpServers"]["hostile"]["disabled"] = true;
    daemon.write_config(config);
    EXPECT_EQ(reload(daemon).body["servers"]["changed"], json::array({"hostile"}));
    EXPECT_TRUE(wait_until([&] { return !is_alive(before); }));
    EXPECT_EQ(client.call("echo", {{"text", "x"}}).rpc_error()["data"]["reason"], "server_disabled");
    daemon.write_config(hostile_config());
    EXPECT_EQ(reload(daemon).status, 200);
    EXPECT_EQ(client.call("echo", {{"text", "back"}}).text(), "back");
}

}  // namespace
}  // namespace agenthub::test
