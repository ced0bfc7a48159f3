// Servers of either era: how AgentHub finds out, what it does with those that do not bear the question, and what it
// remembers.

#include <gtest/gtest.h>

#include <fstream>

#include "tests/integration/admin_http.hpp"
#include "tests/integration/answering.hpp"
#include "tests/integration/start_file.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/event_stream.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

json with_era(std::vector<std::string> args, const std::string& era) {
    auto config = hostile_config(std::move(args));
    config["mcpServers"]["hostile"]["era"] = era;
    return config;
}

bool is_remembered(const Daemon& daemon) {
    std::ifstream in(daemon.state_dir() + "/catalogue/hostile.json");
    return in.peek() != std::ifstream::traits_type::eof();
}

std::int64_t requests_seen(McpClient& client, const char* method) {
    return stats_of(client)["requests"].value(method, 0);
}

TEST(Eras, a_server_that_dies_of_the_probe_is_started_again_and_serves_its_first_callers) {
    TempDir dir;
    const std::string file = dir.file("starts");
    Daemon daemon(hostile_config({"--die-on-probe", "--start-file", file}));
    McpClient client(daemon.port());
    EXPECT_EQ(client.initialize().status, 200);
    EXPECT_EQ(client.call("echo", {{"text", "served"}}).text(), "served");
    EXPECT_EQ(starts(file), 2U);
    EXPECT_EQ(requests_seen(client, "server/discover"), 0);
    EXPECT_EQ(get(daemon, "/servers/hostile")["process"]["restart_count"], 0) << "its budget is untouched";
    ASSERT_TRUE(wait_until([&] { return is_remembered(daemon); }));
    ASSERT_EQ(daemon.stop(), 0);
    daemon.start();
    McpClient later(daemon.port());
    later.initialize();
    EXPECT_EQ(later.call("echo", {{"text", "again"}}).text(), "again");
    EXPECT_EQ(starts(file), 3U) << "it is remembered what it speaks";
}

TEST(Eras, a_server_that_hangs_over_the_probe_is_initialized_at_its_next_start) {
    TempDir dir;
    const std::string file = dir.file("starts");
    auto config = hostile_config({"--hang-on-probe", "--start-file", file});
    config["mcpServers"]["hostile"]["start_timeout"] = "1s";
    config["mcpServers"]["hostile"]["stop_timeout"] = "100ms";
    Daemon daemon(config);
    McpClient client(daemon.port());
    EXPECT_TRUE(wait_until([&] { return client.initialize().status == 200; }));
    EXPECT_TRUE(wait_until([&] { return client.call("echo", {{"text", "x"}}).text() == "x"; }));
    EXPECT_EQ(starts(file), 2U);
}

TEST(Eras, a_modern_server_serves_legacy_clients) {
    Daemon daemon(hostile_config({"--era", "modern"}));
    McpClient client(daemon.port());
    EXPECT_EQ(client.initialize("2025-11-25", kCanAnswer).status, 200);
    EXPECT_EQ(client.call("echo", {{"text", "x"}}).text(), "x");
    EXPECT_EQ(client.request("ping").result(), json::object());
    EXPECT_EQ(requests_seen(client, "initialize"), 0);
    const auto stream = client.get_stream();
    client.call("list_changed", {{"kind", "tools"}});
    ASSERT_TRUE(stream->wait_for_count(1));
    EXPECT_EQ(stream->messages().at(0)["method"], "notifications/tools/list_changed");
    EXPECT_EQ(stream->messages().at(0).dump().find("subscriptionId"), std::string::npos);
    EXPECT_EQ(client.request("resources/subscribe", {{"uri", "hostile://a"}}).result(), json::object());
    client.call("update", {{"uri", "hostile://a"}});
    EXPECT_TRUE(stream->wait_for(
        [](const auto& messages) { return messages.back()["method"] == "notifications/resources/updated"; }));
}

TEST(Eras, what_a_modern_server_demands_is_asked_of_the_legacy_client) {
    Daemon daemon(hostile_config({"--era", "modern"}));
    McpClient client(daemon.port());
    client.initialize("2025-11-25", kCanAnswer);
    const Reply reply =
        call_answering_as(client, "me", "want", {{"methods", {"roots/list", "sampling/createMessage"}}});
    const json responses = json::parse(reply.text(), nullptr, false);
    ASSERT_TRUE(responses.is_object()) << reply.body;
    for (const char* method : {"roots/list", "sampling/createMessage"}) {
        EXPECT_EQ(responses[method]["answered_by"], "me");
        EXPECT_EQ(responses[method]["method"], method);
    }
    McpClient plain(daemon.port());
    plain.initialize();
    const Reply refused = plain.call("want", {{"methods", {"roots/list"}}});
    EXPECT_EQ(refused.rpc_error()["code"], -32603) << refused.body;
    EXPECT_NE(refused.body.find("roots"), std::string::npos) << refused.body;
}

TEST(Eras, the_configuration_may_say_legacy) {
    TempDir dir;
    const std::string file = dir.file("starts");
    Daemon daemon(with_era({"--die-on-probe", "--start-file", file}, "legacy"));
    McpClient client(daemon.port());
    client.initialize();
    EXPECT_EQ(client.call("echo", {{"text", "x"}}).text(), "x");
    EXPECT_EQ(starts(file), 1U);
}

TEST(Eras, the_configuration_may_say_modern) {
    Daemon daemon(with_era({}, "modern"));
    McpClient client(daemon.port());
    client.initialize();
    const Reply refused = client.call("echo", {{"text", "x"}});
    EXPECT_TRUE(refused.result().is_null()) << refused.body;
    EXPECT_TRUE(wait_until([&] {
        return get(daemon, "/servers/hostile")["process"].dump().find("server/discover") != std::string::npos;
    }));
}

TEST(Eras, a_server_that_has_changed_its_era_is_probed_again) {
    TempDir dir;
    const std::string file = dir.file("modern");
    Daemon daemon(hostile_config({"--modern-if", file}));
    {
        McpClient client(daemon.port());
        client.initialize();
        EXPECT_EQ(requests_seen(client, "server/discover"), 1) << "who was never met is asked";
        ASSERT_TRUE(wait_until([&] { return is_remembered(daemon); }));
    }
    ASSERT_EQ(daemon.stop(), 0);
    daemon.start();
    {
        McpClient client(daemon.port());
        client.initialize();
        EXPECT_EQ(requests_seen(client, "server/discover"), 0) << "it is remembered what it speaks";
    }
    ASSERT_EQ(daemon.stop(), 0);
    std::ofstream(file) << "now";
    daemon.start();
    McpClient client(daemon.port());
    client.initialize();
    EXPECT_TRUE(wait_until([&] { return client.call("echo", {{"text", "x"}}).text() == "x"; }));
    EXPECT_EQ(requests_seen(client, "server/discover"), 1);
    EXPECT_EQ(requests_seen(client, "initialize"), 0);
}

}  // namespace
}  // namespace agenthub::test
