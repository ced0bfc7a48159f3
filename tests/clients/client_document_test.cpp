#include "clients/client_document.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

using Json = nlohmann::ordered_json;

ClientEndpoint all() {
    return {"http://127.0.0.1:9090", "", "", "/opt/agenthub"};
}

Json document(ClientKind kind, const ClientEndpoint& endpoint) {
    const auto text = client_document(kind, endpoint);
    EXPECT_TRUE(text.has_value());
    EXPECT_TRUE(text->ends_with("}\n"));
    return Json::parse(*text);
}

TEST(ClientDocument, each_client_gets_its_own_form) {
    EXPECT_EQ(document(ClientKind::claude_desktop, all()),
              Json::parse(R"({"mcpServers": {"agenthub": {"command": "/opt/agenthub", "args": ["stdio"]}}})"));
    EXPECT_EQ(document(ClientKind::claude_code, all()),
              Json::parse(R"({"mcpServers": {"agenthub": {"type": "http", "url": "http://127.0.0.1:9090/mcp"}}})"));
    EXPECT_EQ(document(ClientKind::cursor, all()),
              Json::parse(R"({"mcpServers": {"agenthub": {"url": "http://127.0.0.1:9090/mcp"}}})"));
    EXPECT_EQ(document(ClientKind::vscode, all()),
              Json::parse(R"({"servers": {"agenthub": {"type": "http", "url": "http://127.0.0.1:9090/mcp"}}})"));
}

TEST(ClientDocument, tasks_are_of_the_format_of_tasks_json) {
    const Json tasks = document(ClientKind::vscode_tasks, all());
    EXPECT_EQ(tasks["version"], "2.0.0");
    ASSERT_EQ(tasks["tasks"].size(), 2U);
    EXPECT_EQ(tasks["tasks"][0], Json::parse(R"({"label": "AgentHub: status", "type": "process",
        "command": "/opt/agenthub", "args": ["status"], "problemMatcher": []})"));
}

TEST(ClientDocument, one_server_or_view_has_a_name_of_its_own) {
    ClientEndpoint endpoint = all();
    endpoint.server = "my files";
    EXPECT_EQ(document(ClientKind::cursor, endpoint)["mcpServers"]["agenthub-my files"]["url"],
              "http://127.0.0.1:9090/mcp/my%20files");
    EXPECT_EQ(document(ClientKind::claude_desktop, endpoint)["mcpServers"]["agenthub-my files"]["args"],
              Json::parse(R"(["stdio", "my files"])"));
    endpoint.server = "";
    endpoint.view = "small";
    EXPECT_EQ(document(ClientKind::vscode, endpoint)["servers"]["agenthub-small"]["url"],
              "http://127.0.0.1:9090/mcp/view/small");
    EXPECT_EQ(document(ClientKind::claude_desktop, endpoint)["mcpServers"]["agenthub-small"]["args"],
              Json::parse(R"(["stdio", "--view", "small"])"));
}

TEST(ClientDocument, another_address_is_passed_on_to_the_command) {
    ClientEndpoint endpoint = all();
    endpoint.url = "http://127.0.0.1:9999";
    EXPECT_EQ(document(ClientKind::claude_desktop, endpoint)["mcpServers"]["agenthub"]["args"],
              Json::parse(R"(["stdio", "--url", "http://127.0.0.1:9999"])"));
}

TEST(ClientDocument, over_a_unix_socket_every_client_uses_the_command) {
    ClientEndpoint endpoint = all();
    endpoint.url = "unix:/run/agenthub.sock";
    const Json args = Json::parse(R"(["stdio", "--url", "unix:/run/agenthub.sock"])");
    EXPECT_EQ(document(ClientKind::cursor, endpoint)["mcpServers"]["agenthub"]["args"], args);
    const Json vscode = document(ClientKind::vscode, endpoint)["servers"]["agenthub"];
    EXPECT_EQ(vscode["type"], "stdio");
    EXPECT_EQ(vscode["args"], args);
    EXPECT_FALSE(vscode.contains("url"));
}

TEST(ClientDocument, raycast_gets_a_script_whose_words_cannot_break_out) {
    ClientEndpoint endpoint = all();
    endpoint.server = "it's\nrm";
    const auto script = client_document(ClientKind::raycast, endpoint);
    ASSERT_TRUE(script.has_value());
    EXPECT_TRUE(script->starts_with("#!/bin/bash\n# @raycast.schemaVersion 1\n# @raycast.title Call it's rm of"));
    EXPECT_NE(script->find("server='it'\\''s\nrm' tool=$1"), std::string::npos) << *script;
    EXPECT_EQ(document_type(ClientKind::raycast), "text/plain; charset=utf-8");
    EXPECT_EQ(document_type(ClientKind::vscode), "application/json");
}

TEST(ClientDocument, what_a_client_has_no_document_for_is_refused) {
    ClientEndpoint view = all();
    view.view = "small";
    EXPECT_EQ(client_document(ClientKind::raycast, view).error().code, errc::unsupported);
    EXPECT_EQ(client_document(ClientKind::vscode_tasks, view).error().code, errc::unsupported);
    EXPECT_EQ(client_entries(ClientKind::raycast, all()).error().code, errc::unsupported);
}

}  // namespace
}  // namespace agenthub
