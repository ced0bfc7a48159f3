// The life of legacy sessions on the real binary.

#include <gtest/gtest.h>

#include "tests/support/daemon.hpp"
#include "tests/support/event_stream.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {
namespace {

TEST(Sessions, every_legacy_revision_is_spoken_and_others_get_the_newest) {
    Daemon daemon(hostile_config());
    for (const std::string version : {"2025-03-26", "2025-06-18", "2025-11-25"}) {
        McpClient client(daemon.port());
        const Reply reply = client.initialize(version);
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.result().value("protocolVersion", ""), version);
        EXPECT_EQ(client.call("echo", {{"text", version}}).text(), version);
    }
    for (const std::string version : {"1999-01-01", "2026-07-28"}) {
        McpClient client(daemon.port());
        EXPECT_EQ(client.initialize(version).result().value("protocolVersion", ""), "2025-11-25");
    }
}

TEST(Sessions, ids_are_required_known_and_bound_to_their_server) {
    auto config = hostile_config();
    config["mcpServers"]["other"] = hostile();
    Daemon daemon(config);
    McpClient client(daemon.port());
    EXPECT_EQ(client.request("ping").status, 400);
    client.session_id = "a.00000000000000000000000000000000";
    const Reply unknown = client.request("ping");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.rpc_error().value("code", 0), -32001);
    client.session_id.clear();
    client.initialize();
    McpClient elsewhere(daemon.port(), "other");
    elsewhere.session_id = client.session_id;
    EXPECT_EQ(elsewhere.request("ping").status, 404);
    EXPECT_EQ(client.request("ping").status, 200);
}

TEST(Sessions, end_with_delete) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    EXPECT_EQ(client.end_session().status, 200);
    EXPECT_EQ(client.request("ping").status, 404);
    EXPECT_EQ(client.end_session().status, 404);
}

TEST(Sessions, a_second_initialize_and_an_unknown_version_header_are_400) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    EXPECT_EQ(client.request("initialize", {{"protocolVersion", "2025-11-25"}}).status, 400);
    client.version = "2026-07-28";
    EXPECT_EQ(client.request("ping").status, 400);
    client.version = "2025-06-18";
    EXPECT_EQ(client.request("ping").status, 200);
    client.version.clear();
    EXPECT_EQ(client.request("ping").status, 200);
}

TEST(Sessions, have_a_limit) {
    auto config = hostile_config();
    config["limits"] = {{"sessions", 2}};
    Daemon daemon(config);
    McpClient first(daemon.port());
    McpClient second(daemon.port());
    McpClient third(daemon.port());
    EXPECT_EQ(first.initialize().status, 200);
    EXPECT_EQ(second.initialize().status, 200);
    const Reply refused = third.initialize();
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.rpc_error()["data"].value("retry", ""), "later");
    first.end_session();
    EXPECT_EQ(third.initialize().status, 200);
}

TEST(Sessions, expire_when_idle_but_not_with_an_open_stream) {
    auto config = hostile_config();
    config["limits"] = {{"session_idle", 1}};
    Daemon daemon(config);
    McpClient idle(daemon.port());
    McpClient listening(daemon.port());
    idle.initialize();
    listening.initialize();
    const auto stream = listening.get_stream();
    const auto is_gone = [&] {
        httplib::Client http("127.0.0.1", daemon.port());
        return nlohmann::json::parse(http.Get("/health")->body)["sessions"] == 1;
    };
    EXPECT_TRUE(wait_until(is_gone));
    EXPECT_EQ(idle.request("ping").status, 404);
    EXPECT_EQ(listening.request("ping").status, 200);
}

TEST(Sessions, batches_exist_in_2025_03_26_only) {
    Daemon daemon(hostile_config());
    McpClient old(daemon.port());
    old.initialize("2025-03-26");
    const std::string batch = "[" + rpc("ping", nullptr, 1) + "," +
                              rpc("tools/call", {{"name", "echo"}, {"arguments", {{"text", "b"}}}}, "two") + "," +
                              rpc("notifications/initialized", nullptr, nullptr) + ",7]";
    const Reply reply = old.post(batch);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.messages.size(), 3U) << reply.body;
    const std::string only_notifications = "[" + rpc("notifications/initialized", nullptr, nullptr) + "]";
    EXPECT_EQ(old.post(only_notifications).status, 202);
    McpClient recent(daemon.port());
    recent.initialize("2025-06-18");
    const Reply refused = recent.post(batch);
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.rpc_error().value("code", 0), -32600);
}

TEST(Sessions, have_one_get_stream) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    auto stream = client.get_stream();
    EXPECT_EQ(client.send("GET", "", client.protocol_headers()).status, 409);
    stream.reset();
    const auto free_again = [&] {
        auto next = client.get_stream();
        return next->status() == 200;
    };
    EXPECT_TRUE(wait_until(free_again));
}

TEST(Sessions, survive_a_crash_of_their_server) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    const auto stream = client.get_stream();
    EXPECT_FALSE(client.call("die").rpc_error().is_null());
    EXPECT_EQ(client.call("echo", {{"text", "again"}}).text(), "again");
}

}  // namespace
}  // namespace agenthub::test
