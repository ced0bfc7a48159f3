// What makes AgentHub reload, what it says, and reloads in the worst moments.

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "tests/integration/reload_client.hpp"
#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

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
    config["allowed_origins"] = json::array({"https://example.org"});
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
