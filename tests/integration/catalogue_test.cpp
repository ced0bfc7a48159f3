// What clients are told of a server while it is not running, and servers that are stopped for want of calls.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/integration/reload_client.hpp"
#include "tests/support/event_stream.hpp"
#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

std::string catalogue_file(const Daemon& daemon) {
    return daemon.state_dir() + "/catalogue/hostile.json";
}

std::string content_of(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Runs the server once, so that it is known, and stops the daemon.
void make_known(Daemon& daemon) {
    McpClient client(daemon.port());
    client.initialize();
    ASSERT_TRUE(wait_until([&] { return !content_of(catalogue_file(daemon)).empty(); }));
    ASSERT_EQ(daemon.stop(), 0);
}

bool has_tool(const Reply& list, const std::string& name) {
    const json tools = list.result().value("tools", json::array());
    return std::any_of(tools.begin(), tools.end(), [&](const json& tool) { return tool["name"] == name; });
}

TEST(Catalogue, a_cold_server_introduces_itself_and_lists_what_it_offers_without_being_started) {
    Daemon daemon(hostile_config());
    McpClient live(daemon.port());
    const json introduction = live.initialize().result();
    std::vector<json> lists;
    const std::vector<std::string> methods{"tools/list", "prompts/list", "resources/list", "resources/templates/list"};
    for (const auto& method : methods)
        lists.push_back(live.request(method).result());
    make_known(daemon);
    daemon.start();
    McpClient cold(daemon.port());
    EXPECT_EQ(cold.initialize().result(), introduction);
    for (std::size_t i = 0; i < methods.size(); ++i)
        EXPECT_EQ(cold.request(methods[i]).result(), lists[i]) << methods[i];
    EXPECT_TRUE(daemon.server_processes().empty());
    EXPECT_EQ(cold.call("echo", {{"text", "starts it"}}).text(), "starts it");
    EXPECT_EQ(daemon.server_processes().size(), 1U);
}

TEST(Catalogue, nothing_of_a_list_is_lost_on_its_way_through_the_file) {
    Daemon daemon(hostile_config());
    McpClient live(daemon.port());
    live.initialize();
    const std::string list = live.post(rpc("tools/list", nullptr, 7)).body;
    make_known(daemon);
    daemon.start();
    McpClient cold(daemon.port());
    cold.initialize();
    EXPECT_EQ(cold.post(rpc("tools/list", nullptr, 7)).body, list);
}

TEST(Catalogue, fifty_callers_of_a_cold_server_start_it_once) {
    auto config = hostile_config({"--slow-start", "500"});
    Daemon daemon(config);
    make_known(daemon);
    daemon.start();
    std::vector<std::unique_ptr<McpClient>> clients;
    std::vector<std::future<Reply>> answers;
    for (int i = 0; i < 50; ++i) {
        clients.push_back(std::make_unique<McpClient>(daemon.port()));
        clients.back()->initialize();
    }
    for (const auto& client : clients)
        answers.push_back(client->call_later("stats"));
    std::vector<json> pids;
    for (auto& answer : answers)
        pids.push_back(answer.get().result()["structuredContent"]["pid"]);
    EXPECT_EQ(std::count(pids.begin(), pids.end(), pids.front()), 50);
}

TEST(Catalogue, a_list_is_answered_while_the_server_starts) {
    Daemon daemon(hostile_config({"--slow-start", "2000"}));
    make_known(daemon);
    daemon.start();
    McpClient client(daemon.port());
    client.initialize();
    auto call = client.call_later("echo", {{"text", "started"}});
    ASSERT_TRUE(wait_until([&] { return process_of(daemon, "hostile")["status"] == "starting"; }));
    EXPECT_TRUE(has_tool(client.request("tools/list"), "echo"));
    EXPECT_EQ(process_of(daemon, "hostile")["status"], "starting");
    EXPECT_EQ(call.get().text(), "started");
}

TEST(Catalogue, a_server_that_fails_is_still_known_and_says_why_it_fails) {
    Daemon daemon(hostile_config());
    const std::string switch_file = daemon.file("broken");
    auto config = hostile_config();
    const std::string command = config["mcpServers"]["hostile"]["command"];
    // The same configuration runs at first, and fails later.
    config["mcpServers"]["hostile"]["command"] = "/bin/sh";
    config["mcpServers"]["hostile"]["args"] = {"-c", "test -e " + switch_file + " && exit 3; exec " + command};
    daemon.write_config(config);
    ASSERT_EQ(reload(daemon).status, 200);
    make_known(daemon);
    std::ofstream(switch_file) << "yes";
    daemon.start();
    McpClient client(daemon.port());
    EXPECT_EQ(client.initialize().status, 200);
    EXPECT_TRUE(client.call("echo").rpc_error()["message"].is_string());
    EXPECT_TRUE(has_tool(client.request("tools/list"), "echo"));
}

TEST(Catalogue, what_was_known_of_another_configuration_is_not_told_of_this_one) {
    Daemon daemon(hostile_config());
    make_known(daemon);
    auto config = hostile_config({"--name", "other"});
    daemon.write_config(config);
    daemon.start();
    McpClient client(daemon.port());
    EXPECT_EQ(client.initialize().result()["serverInfo"]["name"], "other");
    EXPECT_EQ(daemon.server_processes().size(), 1U);
}

TEST(Catalogue, a_damaged_file_is_as_good_as_none) {
    Daemon daemon(hostile_config());
    make_known(daemon);
    const std::string whole = content_of(catalogue_file(daemon));
    std::ofstream(catalogue_file(daemon)) << whole.substr(0, whole.size() / 2);
    daemon.start();
    McpClient client(daemon.port());
    EXPECT_EQ(client.initialize().status, 200);
    EXPECT_EQ(daemon.server_processes().size(), 1U);
    EXPECT_TRUE(wait_until([&] { return content_of(catalogue_file(daemon)) == whole; }));
}

TEST(Catalogue, what_differs_at_the_next_handshake_is_announced_and_known_from_then_on) {
    Daemon daemon(hostile_config());
    const std::string extra = daemon.file("extra");
    daemon.write_config(hostile_config({"--extra-tool-if", extra}));
    ASSERT_EQ(reload(daemon).status, 200);
    make_known(daemon);
    std::ofstream(extra) << "yes";
    daemon.start();
    McpClient client(daemon.port());
    client.initialize();
    EXPECT_FALSE(has_tool(client.request("tools/list"), "extra"));
    const auto stream = client.get_stream();
    client.call("echo");
    ASSERT_TRUE(stream->wait_for_count(1));
    EXPECT_EQ(stream->messages().front()["method"], "notifications/tools/list_changed");
    EXPECT_TRUE(has_tool(client.request("tools/list"), "extra"));
    ASSERT_EQ(daemon.stop(), 0);
    daemon.start();
    McpClient next(daemon.port());
    next.initialize();
    EXPECT_TRUE(has_tool(next.request("tools/list"), "extra"));
    EXPECT_TRUE(daemon.server_processes().empty());
}

TEST(Catalogue, a_level_set_at_a_cold_server_is_told_when_it_runs) {
    Daemon daemon(hostile_config());
    make_known(daemon);
    daemon.start();
    McpClient client(daemon.port());
    client.initialize();
    EXPECT_EQ(client.request("logging/setLevel", {{"level", "error"}}).status, 200);
    EXPECT_TRUE(daemon.server_processes().empty());
    client.call("echo");
    EXPECT_TRUE(wait_until([&] { return client.call("stats").result()["structuredContent"]["log_level"] == "error"; }));
}

TEST(Catalogue, sessions_of_an_isolated_server_are_opened_without_a_process) {
    auto config = hostile_config();
    config["mcpServers"]["hostile"]["isolation"] = "session";
    Daemon daemon(config);
    make_known(daemon);
    daemon.start();
    McpClient client(daemon.port());
    EXPECT_EQ(client.initialize().status, 200);
    EXPECT_TRUE(has_tool(client.request("tools/list"), "echo"));
    EXPECT_TRUE(daemon.server_processes().empty());
    EXPECT_EQ(client.call("echo", {{"text", "now"}}).text(), "now");
    EXPECT_EQ(daemon.server_processes().size(), 1U);
}

TEST(IdleStop, an_unused_server_is_stopped_and_the_next_call_starts_it) {
    auto config = hostile_config();
    config["mcpServers"]["hostile"]["idle_stop"] = "300ms";
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    const pid_t pid = client.call("stats").result()["structuredContent"]["pid"];
    EXPECT_TRUE(wait_until([&] { return !is_alive(pid); }));
    EXPECT_TRUE(wait_until([&] { return process_of(daemon, "hostile")["status"] == "stopped"; }));
    EXPECT_NE(process_of(daemon, "hostile")["reason"].get<std::string>().find("idle_stop"), std::string::npos);
    EXPECT_TRUE(has_tool(client.request("tools/list"), "echo"));
    EXPECT_TRUE(daemon.server_processes().empty());
    EXPECT_NE(client.call("stats").result()["structuredContent"]["pid"], pid);
    EXPECT_EQ(process_of(daemon, "hostile")["restart_count"], 0);
}

TEST(IdleStop, neither_a_long_call_nor_a_subscription_is_idleness) {
    auto config = hostile_config();
    config["mcpServers"]["hostile"]["idle_stop"] = "100ms";
    config["mcpServers"]["clock"] = hostile();
    config["mcpServers"]["clock"]["idle_stop"] = "400ms";
    Daemon daemon(config);
    McpClient client(daemon.port());
    client.initialize();
    EXPECT_EQ(client.call("sleep", {{"ms", 600}, {"text", "not stopped"}}).text(), "not stopped");
    client.request("resources/subscribe", {{"uri", "hostile://a"}});
    const pid_t pid = client.call("stats").result()["structuredContent"]["pid"];
    // A server that may be idle four times as long is stopped meanwhile.
    McpClient other(daemon.port(), "clock");
    other.initialize();
    const pid_t clock = other.call("stats").result()["structuredContent"]["pid"];
    ASSERT_TRUE(wait_until([&] { return !is_alive(clock); }));
    EXPECT_TRUE(is_alive(pid));
    client.request("resources/unsubscribe", {{"uri", "hostile://a"}});
    EXPECT_TRUE(wait_until([&] { return !is_alive(pid); }));
}

}  // namespace
}  // namespace agenthub::test
