// A changed configuration is taken over while everything else goes on.

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <thread>

#include "tests/support/daemon.hpp"
#include "tests/support/event_stream.hpp"
#include "tests/support/mcp_client.hpp"
#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

struct Answer {
    int status = 0;
    json body;
};

Answer reload(const Daemon& daemon) {
    httplib::Client http("127.0.0.1", daemon.port());
    const auto reply = http.Post("/admin/reload");
    return reply ? Answer{reply->status, json::parse(reply->body, nullptr, false)} : Answer{};
}

json process_of(const Daemon& daemon, const std::string& server) {
    httplib::Client http("127.0.0.1", daemon.port());
    const auto reply = http.Get("/servers/" + server);
    return reply && reply->status == 200 ? json::parse(reply->body)["process"] : json();
}

// -1 while there is no process.
pid_t pid_of(const Daemon& daemon, const std::string& server) {
    const json process = process_of(daemon, server);
    return process.is_object() && process["pid"].is_number() ? process["pid"].get<pid_t>() : -1;
}

json two_servers() {
    return {{"mcpServers", {{"stays", hostile()}, {"other", hostile()}}}};
}

bool has_called(McpClient& client, int calls) {
    return client.call("stats").result()["structuredContent"]["requests"].value("tools/call", 0) >= calls;
}

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
    Daemon daemon(hostile_config({"--ignore-term"}));
    McpClient client(daemon.port());
    client.initialize();
    const pid_t first = pid_of(daemon, "hostile");
    auto config = hostile_config({"--ignore-term"});
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

TEST(Reload, a_refused_file_changes_nothing_and_says_why) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    const pid_t before = pid_of(daemon, "hostile");
    write_file(daemon.config_file(), R"({"mcpServers": {}, "limits": {"sessions": "many"}, "log": {"level": "loud"}})");
    const Answer answer = reload(daemon);
    EXPECT_EQ(answer.status, 400);
    ASSERT_EQ(answer.body["faults"].size(), 2U) << answer.body;
    EXPECT_EQ(answer.body["faults"][0]["path"], "limits.sessions");
    EXPECT_EQ(answer.body["faults"][1]["path"], "log.level");
    EXPECT_NE(answer.body["detail"].get<std::string>().find(daemon.config_file()), std::string::npos);
    EXPECT_TRUE(wait_until([&] { return daemon.stderr_text().find("log.level") != std::string::npos; }));
    EXPECT_EQ(client.call("echo", {{"text", "as before"}}).text(), "as before");
    EXPECT_EQ(pid_of(daemon, "hostile"), before);
    write_file(daemon.config_file(), "{");
    EXPECT_EQ(reload(daemon).status, 400);
    std::filesystem::remove(daemon.config_file());
    EXPECT_EQ(reload(daemon).status, 400);
    EXPECT_EQ(client.call("echo", {{"text", "as before"}}).text(), "as before");
}

TEST(Reload, settings_hold_at_once_or_are_told_to_wait_for_the_next_start) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.headers.emplace("Origin", "https://example.org");
    EXPECT_EQ(client.initialize().status, 403);
    auto config = hostile_config();
    config["allowed_origins"] = {"https://example.org"};
    config["limits"]["sessions"] = 1;
    daemon.write_config(config);
    for (const json& applied : {json::array({"allowed_origins"}), json(json::array())}) {
        const Answer answer = reload(daemon);
        EXPECT_EQ(answer.body["settings"]["applied"], applied);
        EXPECT_EQ(answer.body["settings"]["next_start"], json::array({"limits.sessions"}));
    }
    EXPECT_EQ(client.initialize().status, 200);
}

TEST(Reload, sighup_reloads) {
    Daemon daemon(hostile_config());
    auto config = hostile_config();
    config["mcpServers"]["new"] = hostile();
    config["mcpServers"]["new"]["auto_start"] = true;
    daemon.write_config(config);
    daemon.signal(SIGHUP);
    EXPECT_TRUE(wait_until([&] { return pid_of(daemon, "new") > 0; }));
    EXPECT_TRUE(
        wait_until([&] { return daemon.stderr_text().find("reload by SIGHUP: added: new") != std::string::npos; }));
}

TEST(Reload, a_watched_file_is_taken_over_by_itself_also_when_it_is_replaced) {
    auto config = hostile_config();
    config["watch"] = true;
    Daemon daemon(config);
    config["mcpServers"]["written"] = hostile();
    daemon.write_config(config);
    EXPECT_TRUE(wait_until([&] { return process_of(daemon, "written").is_object(); }));
    config["mcpServers"]["renamed"] = hostile();
    write_file(daemon.file("next.json"), config.dump());
    std::filesystem::rename(daemon.file("next.json"), daemon.config_file());
    EXPECT_TRUE(wait_until([&] { return process_of(daemon, "renamed").is_object(); }));
}

TEST(Reload, a_page_cannot_reload) {
    Daemon daemon(hostile_config());
    httplib::Client http("127.0.0.1", daemon.port());
    const auto own = "http://127.0.0.1:" + std::to_string(daemon.port());
    const auto page = http.Post("/admin/reload", httplib::Headers{{"Origin", own}});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->status, 403);
    const auto read = http.Get("/admin/reload");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->status, 405);
    EXPECT_EQ(read->get_header_value("Allow"), "POST");
}

TEST(Reload, under_load_no_call_of_an_untouched_server_is_lost) {
    Daemon daemon(two_servers());
    std::atomic<bool> over = false;
    std::atomic<int> answered = 0;
    std::atomic<int> lost = 0;
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i)
        callers.emplace_back([&] {
            McpClient client(daemon.port(), "stays");
            client.initialize();
            while (!over)
                ++(client.call("echo", {{"text", "x"}}).text() == "x" ? answered : lost);
        });
    McpClient other(daemon.port(), "other");
    other.initialize();
    for (int round = 0; round < 20; ++round) {
        auto config = two_servers();
        config["mcpServers"]["other"]["env"]["ROUND"] = std::to_string(round);
        if (round % 2 == 0)
            config["mcpServers"]["third"] = hostile();
        daemon.write_config(config);
        const int before = answered;
        EXPECT_EQ(reload(daemon).status, 200);
        EXPECT_TRUE(wait_until([&] { return answered > before + 4; }));
    }
    over = true;
    for (auto& caller : callers)
        caller.join();
    EXPECT_EQ(lost, 0);
    EXPECT_EQ(other.call("echo", {{"text", "x"}}).text(), "x");
}

TEST(Reload, a_daemon_that_ends_while_servers_are_drained_leaves_nothing) {
    Daemon daemon(two_servers());
    McpClient stays(daemon.port(), "stays");
    McpClient other(daemon.port(), "other");
    stays.initialize();
    other.initialize();
    auto first = stays.call_later("sleep", {{"ms", 60'000}});
    auto second = other.call_later("sleep", {{"ms", 60'000}});
    ASSERT_TRUE(wait_until([&] { return has_called(stays, 2) && has_called(other, 2); }));
    daemon.write_config({{"mcpServers", {{"stays", hostile({"--name", "changed"})}}}});
    ASSERT_EQ(reload(daemon).status, 200);
    daemon.signal(SIGTERM);
    ASSERT_TRUE(wait_until([&] { return daemon.stderr_text().find("shutting down") != std::string::npos; }));
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait_exit(), 0);
    EXPECT_FALSE(first.get().rpc_error().is_null());
    EXPECT_FALSE(second.get().rpc_error().is_null());
    EXPECT_TRUE(daemon.processes().empty());
}

}  // namespace
}  // namespace agenthub::test
