// The built-in server at /mcp/hub.

#include <gtest/gtest.h>

#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {
namespace {

TEST(Hub, offers_its_tools_without_any_configuration) {
    DaemonOptions options;
    options.config_text = "";
    Daemon daemon(std::move(options));
    McpClient client(daemon.port(), "hub");
    EXPECT_EQ(client.initialize().result()["serverInfo"]["name"], "agenthub");
    std::set<std::string> names;
    const nlohmann::json tools = client.request("tools/list").result()["tools"];
    for (const auto& tool : tools)
        names.insert(tool["name"].get<std::string>());
    EXPECT_EQ(names, (std::set<std::string>{"call_many", "list_servers", "restart_server", "search_activity",
                                            "server_status"}));
    EXPECT_TRUE(client.call("list_servers").result()["structuredContent"]["servers"].empty());
    EXPECT_EQ(client.call("nothing").rpc_error().value("code", 0), -32602);
    EXPECT_EQ(client.request("prompts/list").rpc_error().value("code", 0), -32601);
}

TEST(Hub, tells_what_is_wrong_with_a_server_and_restarts_it) {
    auto config = hostile_config();
    config["mcpServers"]["broken"] = {{"command", "/no/such/program"}};
    Daemon daemon(config);
    McpClient hub(daemon.port(), "hub");
    hub.initialize();
    McpClient broken(daemon.port(), "broken");
    EXPECT_EQ(broken.initialize().status, 503);
    const auto status = hub.call("server_status", {{"server", "broken"}}).result()["structuredContent"];
    EXPECT_EQ(status["process"]["status"], "failed");
    EXPECT_NE(status["process"]["last_error"].get<std::string>().find("/no/such/program"), std::string::npos);
    const auto restarted = hub.call("restart_server", {{"server", "hostile"}}).result();
    EXPECT_EQ(restarted["structuredContent"]["process"]["status"], "running");
    const auto unknown = hub.call("restart_server", {{"server", "nobody"}}).result();
    EXPECT_TRUE(unknown.value("isError", false));
    EXPECT_NE(unknown["content"][0]["text"].get<std::string>().find("hostile"), std::string::npos);
}

TEST(Hub, searches_the_activity) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    client.call("echo", {{"text", "x"}});
    client.call("tool_error");
    McpClient hub(daemon.port(), "hub");
    hub.initialize();
    const auto found = [&] {
        return hub.call("search_activity", {{"server", "hostile"}, {"outcome", "tool_error"}})
            .result()["structuredContent"];
    };
    EXPECT_TRUE(wait_until([&] { return found().value("total", 0) == 1; }));
    EXPECT_EQ(found()["entries"][0]["tool"], "tool_error");
}

}  // namespace
}  // namespace agenthub::test
