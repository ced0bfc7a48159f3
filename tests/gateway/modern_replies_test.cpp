#include "gateway/modern_replies.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mcp/replies.hpp"
#include "tests/bridge/test_exchange.hpp"

namespace agenthub {
namespace {

using nlohmann::json;

ServerInfo legacy_server() {
    return read_server_info(
               R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{"listChanged":true},"prompts":{},"tasks":{}},)"
               R"("serverInfo":{"name":"s"},"instructions":"be \u006bind"})")
        .value();
}

// The reply as a modern client gets it.
json adapted(const std::string& reply, std::string_view method, bool shared = true,
             const ServerInfo& info = legacy_server()) {
    auto message = message_of(reply);
    const auto request = message_of(mcp::make_call("1", method, R"({"uri":"file:///a"})"));
    mcp::PatchList patches;
    std::string scratch, text;
    reword_for_modern(message, request, info);
    adapt_for_modern(message, request, info, shared, patches, scratch);
    message.append_patched(text, patches);
    return json::parse(text);
}

TEST(ModernReplies, discover_tells_of_the_server_under_our_versions) {
    const json result = json::parse(discover_result(legacy_server()));
    EXPECT_EQ(result["resultType"], "complete");
    EXPECT_EQ(result["supportedVersions"], json::array({"2026-07-28"}));
    EXPECT_EQ(result["capabilities"], json::parse(R"({"tools":{"listChanged":true},"prompts":{}})"));
    EXPECT_EQ(result["instructions"], "be kind");
    EXPECT_EQ(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "s");
    EXPECT_TRUE(result["ttlMs"].is_number_integer());
    EXPECT_EQ(result["cacheScope"], "private");
    EXPECT_FALSE(json::parse(discover_result(ServerInfo())).contains("instructions"));
}

TEST(ModernReplies, errors_have_the_status_of_their_code) {
    const std::pair<int, unsigned> expected[] = {{-32601, 404}, {-32700, 400}, {-32600, 400}, {-32020, 400},
                                                 {-32021, 400}, {-32022, 400}, {-32602, 200}, {-32603, 200},
                                                 {-32000, 200}, {5, 200}};
    for (const auto& [code, status] : expected)
        EXPECT_EQ(status_of(message_of(mcp::make_error("1", code, "x"))), status) << code;
    EXPECT_EQ(status_of(message_of(mcp::make_response("1", "{}"))), 200U);
}

TEST(ModernReplies, a_missing_capability_is_an_object) {
    const json flat = json::parse(missing_capability_error("7", "sampling"));
    EXPECT_EQ(flat["id"], 7);
    EXPECT_EQ(flat["error"]["code"], -32021);
    EXPECT_EQ(flat["error"]["data"]["requiredCapabilities"], json::parse(R"({"sampling":{}})"));
    const json deep = json::parse(missing_capability_error("7", "elicitation.url"));
    EXPECT_EQ(deep["error"]["data"]["requiredCapabilities"], json::parse(R"({"elicitation":{"url":{}}})"));
}

TEST(ModernReplies, a_list_may_be_kept_when_the_server_tells_of_its_changes) {
    const ServerInfo info = legacy_server();
    EXPECT_GT(freshness_of("tools/list", info, true).ttl_ms, 0);
    EXPECT_FALSE(freshness_of("tools/list", info, true).is_private);
    EXPECT_TRUE(freshness_of("tools/list", info, false).is_private) << "an isolated process may offer what is its own";
    EXPECT_EQ(freshness_of("prompts/list", info, true).ttl_ms, 0);
    EXPECT_TRUE(freshness_of("resources/read", info, true).is_private);
}

TEST(ModernReplies, a_legacy_servers_result_is_completed) {
    const json listed = adapted(mcp::make_response("1", R"({"tools":[]})"), "tools/list")["result"];
    EXPECT_EQ(listed["resultType"], "complete");
    EXPECT_EQ(listed["cacheScope"], "public");
    EXPECT_EQ(listed["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "s");
    const json called = adapted(mcp::make_response("1", R"({"content":[]})"), "tools/call")["result"];
    EXPECT_EQ(called["resultType"], "complete");
    EXPECT_FALSE(called.contains("ttlMs"));
}

TEST(ModernReplies, a_modern_servers_words_stay) {
    ServerInfo info = legacy_server();
    info.modern = true;
    const std::string reply = mcp::make_response("1", R"({"resultType":"task","x":1.0})");
    EXPECT_EQ(adapted(reply, "tools/call", true, info), json::parse(reply));
}

TEST(ModernReplies, a_resource_that_was_not_found_has_the_modern_code) {
    const json error = adapted(mcp::make_error("1", -32002, "not found"), "resources/read")["error"];
    EXPECT_EQ(error["code"], -32602);
    EXPECT_EQ(error["data"]["uri"], "file:///a");
}

}  // namespace
}  // namespace agenthub
