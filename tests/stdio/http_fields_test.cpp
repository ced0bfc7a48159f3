#include "stdio/http_fields.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

mcp::Message request(const std::string& method, const std::string& params) {
    return mcp::Message::parse(R"({"jsonrpc":"2.0","id":1,"method":")" + method +
                               R"(","params":{"_meta":{)"
                               R"("io.modelcontextprotocol/protocolVersion":"2026-07-28"},)" +
                               params + "}}")
        .value();
}

std::string_view field(const HttpFields& fields, std::string_view name) {
    return field_of(fields, name);
}

TEST(HttpFields, a_session_names_itself_and_its_revision_where_that_has_the_field) {
    EXPECT_EQ(session_fields("", ""), HttpFields());
    EXPECT_EQ(session_fields("s", "2025-03-26"), (HttpFields{{"Mcp-Session-Id", "s"}}));
    EXPECT_EQ(session_fields("s", "2025-11-25"),
              (HttpFields{{"Mcp-Session-Id", "s"}, {"MCP-Protocol-Version", "2025-11-25"}}));
    EXPECT_EQ(field(post_fields(session_fields("s", "")), "Content-Type"), "application/json");
}

TEST(HttpFields, modern_requests_repeat_what_they_say) {
    const ToolMemory tools;
    const auto call = modern_fields(request("tools/call", R"("name":"echo")"), tools);
    EXPECT_EQ(field(call, "MCP-Protocol-Version"), "2026-07-28");
    EXPECT_EQ(field(call, "Mcp-Method"), "tools/call");
    EXPECT_EQ(field(call, "Mcp-Name"), "echo");
    EXPECT_EQ(field(call, "Accept"), "application/json, text/event-stream");
    EXPECT_EQ(field(modern_fields(request("resources/read", R"("uri":"a:\u00e9")"), tools), "Mcp-Name"),
              "=?base64?YTrDqQ==?=");
    EXPECT_EQ(field(modern_fields(request("tasks/get", R"("taskId":"t 1")"), tools), "Mcp-Name"), "t 1");
    EXPECT_EQ(field(modern_fields(request("tools/list", R"("name":"x")"), tools), "Mcp-Name"), "");
    EXPECT_EQ(field(modern_fields(request("tools/call", R"("name":7)"), tools), "Mcp-Name"), "");
}

TEST(HttpFields, what_cannot_stand_in_a_field_is_left_out) {
    const auto fields = modern_fields(request("tools\\nX: y", R"("a":1)"), ToolMemory());
    EXPECT_EQ(field(fields, "Mcp-Method"), "");
}

}  // namespace
}  // namespace agenthub
