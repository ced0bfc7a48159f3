#include "mcp/modern_request.hpp"

#include <gtest/gtest.h>

#include "mcp/names.hpp"
#include "tests/mcp/fixed_headers.hpp"

namespace agenthub::mcp {
namespace {

constexpr std::string_view kVersion = R"("io.modelcontextprotocol/protocolVersion":"2026-07-28")";
constexpr std::string_view kCapabilities = R"("io.modelcontextprotocol/clientCapabilities":{"roots":{}})";

Message parsed(const std::string& text) {
    auto message = Message::parse(text);
    EXPECT_TRUE(message.has_value()) << text;
    return std::move(*message);
}

// A request of that method with these members of params in front of a whole _meta.
Message request(std::string_view method, std::string_view params = {}, std::string_view more_meta = {}) {
    std::string text = R"({"jsonrpc":"2.0","id":7,"method":")" + std::string(method) + R"(","params":{)";
    text.append(params).append(params.empty() ? "" : ",").append(R"("_meta":{)").append(kVersion).append(",");
    text.append(kCapabilities).append(more_meta.empty() ? "" : ",").append(more_meta).append("}}}");
    return parsed(text);
}

Message with_meta(std::string_view meta) {
    return parsed(R"({"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":)" + std::string(meta) + "}}");
}

const FixedHeaders kListHeaders{{"mcp-protocol-version", "2026-07-28"}, {"MCP-METHOD", "tools/list"}};

// "status code", or nothing.
std::string fault(const Message& m, const HeaderSource& headers) {
    ModernMeta meta;
    const auto found = check_modern(m, headers, meta);
    if (!found)
        return "";
    EXPECT_FALSE(found->message.empty());
    return std::to_string(found->http_status) + " " + std::to_string(found->code);
}

TEST(ClaimsModern, by_the_body_or_by_the_header) {
    const auto plain = parsed(R"({"jsonrpc":"2.0","id":7,"method":"tools/list"})");
    EXPECT_FALSE(claims_modern(plain, ""));
    EXPECT_FALSE(claims_modern(plain, " "));
    for (const char* legacy : {"2024-11-05", "2025-03-26", "2025-06-18", " 2025-11-25 "})
        EXPECT_FALSE(claims_modern(plain, legacy)) << legacy;
    EXPECT_TRUE(claims_modern(plain, "2026-07-28"));
    EXPECT_TRUE(claims_modern(plain, "v999.0.0"));
    EXPECT_TRUE(claims_modern(request("tools/list"), ""));
    EXPECT_TRUE(claims_modern(request("tools/list"), "2025-11-25"));
    EXPECT_TRUE(claims_modern(with_meta(R"({"io.modelcontextprotocol/protocolVersion":5})"), ""));
    EXPECT_FALSE(claims_modern(with_meta(R"({"io.modelcontextprotocol/logLevel":"info"})"), ""));
}

TEST(CheckModern, shows_what_a_request_says_of_itself) {
    ModernMeta meta;
    const auto m =
        request("tools/list", "",
                R"("io.modelcontextprotocol/clientInfo":{"name":"c"},"io.modelcontextprotocol/logLevel":"info")");
    EXPECT_FALSE(check_modern(m, kListHeaders, meta));
    EXPECT_EQ(meta.version, "2026-07-28");
    EXPECT_EQ(meta.capabilities, R"({"roots":{}})");
    EXPECT_EQ(meta.client_info, R"({"name":"c"})");
    EXPECT_EQ(meta.log_level, R"("info")");
}

TEST(CheckModern, wants_a_complete_meta_first_of_all) {
    const FixedHeaders wrong{{"MCP-Protocol-Version", "v999"}, {"Mcp-Method", "no"}};
    for (const auto& m :
         {parsed(R"({"jsonrpc":"2.0","id":7,"method":"nobody/knows","params":{}})"),
          parsed(R"({"jsonrpc":"2.0","id":7,"method":"nobody/knows"})"), with_meta("null"), with_meta("{}"),
          with_meta("{" + std::string(kVersion) + "}"), with_meta("{" + std::string(kCapabilities) + "}"),
          with_meta("{" + std::string(kVersion) + R"(,"io.modelcontextprotocol/clientCapabilities":[]})"),
          with_meta("{" + std::string(kCapabilities) + R"(,"io.modelcontextprotocol/protocolVersion":7})"),
          request("tools/list", "", R"("io.modelcontextprotocol/clientInfo":"c")"),
          request("tools/list", "", R"("io.modelcontextprotocol/logLevel":"loud")"),
          request("tools/list", "", R"("io.modelcontextprotocol/logLevel":1)")})
        EXPECT_EQ(fault(m, wrong), "400 -32602") << m.text();
}

TEST(CheckModern, then_the_version_must_be_the_same_in_both_places) {
    const auto m = request("tools/list");
    EXPECT_EQ(fault(m, {FixedHeaders{{"Mcp-Method", "tools/list"}}}), "400 -32020");
    EXPECT_EQ(fault(m, FixedHeaders{{"MCP-Protocol-Version", "2025-11-25"}, {"Mcp-Method", "no"}}), "400 -32020");
    EXPECT_EQ(fault(m, FixedHeaders{{"MCP-Protocol-Version", ""}, {"Mcp-Method", "no"}}), "400 -32020");
    EXPECT_EQ(fault(m, FixedHeaders{{"MCP-Protocol-Version", " 2026-07-28\t"}, {"Mcp-Method", "tools/list"}}), "");
    const auto odd =
        with_meta("{" + std::string(kCapabilities) + R"(,"io.modelcontextprotocol/protocolVersion":"v999.0.0"})");
    EXPECT_EQ(fault(odd, kListHeaders), "400 -32020");
}

TEST(CheckModern, then_the_version_must_be_served) {
    for (const std::string version : {"v999.0.0", "2025-11-25", ""}) {
        const auto m = with_meta("{" + std::string(kCapabilities) + R"(,"io.modelcontextprotocol/protocolVersion":")" +
                                 version + "\"}");
        ModernMeta meta;
        const auto found = check_modern(m, FixedHeaders{{"MCP-Protocol-Version", version}}, meta);
        ASSERT_TRUE(found.has_value());
        EXPECT_EQ(found->http_status, 400U);
        EXPECT_EQ(found->code, code::unsupported_version);
        EXPECT_EQ(found->data, R"({"supported":["2026-07-28"],"requested":")" + version + "\"}");
    }
}

TEST(CheckModern, then_the_method_must_stand_in_its_header) {
    const auto m = request("nobody/knows");
    const auto with_method = [](const char* method) {
        return FixedHeaders{{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", method}};
    };
    EXPECT_EQ(fault(m, FixedHeaders{{"MCP-Protocol-Version", "2026-07-28"}}), "400 -32020");
    EXPECT_EQ(fault(m, with_method("tools/list")), "400 -32020");
    EXPECT_EQ(fault(m, with_method("NOBODY/KNOWS")), "400 -32020");
    EXPECT_EQ(fault(m, with_method(" nobody/knows ")), "404 -32601");
}

TEST(CheckModern, then_the_name_must_stand_in_its_header) {
    struct Case {
        const char *method, *member;
    };
    for (const auto& [method, member] :
         {Case{"tools/call", "name"}, Case{"prompts/get", "name"}, Case{"resources/read", "uri"},
          Case{"tasks/get", "taskId"}, Case{"tasks/update", "taskId"}, Case{"tasks/cancel", "taskId"}}) {
        const auto m = request(method, "\"" + std::string(member) + R"(":"caf\u00e9")");
        const auto named = [&](const char* name) {
            return FixedHeaders{{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", method}, {"mcp-name", name}};
        };
        EXPECT_EQ(fault(m, FixedHeaders{{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", method}}), "400 -32020")
            << method;
        EXPECT_EQ(fault(m, named("other")), "400 -32020") << method;
        EXPECT_EQ(fault(m, named("caf\xC3\xA9")), "400 -32020") << method;
        EXPECT_EQ(fault(m, named("=?base64?Y2Fmw6k?=")), "400 -32020") << method;
        EXPECT_EQ(fault(m, named("  =?base64?Y2Fmw6k=?= ")), "") << method;
    }
}

TEST(CheckModern, a_body_without_a_name_is_left_to_whoever_needs_it) {
    for (const char* params : {"", R"("name":5)"}) {
        const auto m = request("tools/call", params);
        EXPECT_EQ(fault(m, FixedHeaders{{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "tools/call"}}), "");
        EXPECT_EQ(fault(m,
                        FixedHeaders{
                            {"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "tools/call"}, {"Mcp-Name", "a"}}),
                  "400 -32020");
    }
}

TEST(CheckModern, then_the_method_must_exist_in_this_era) {
    const auto of = [](const std::string& method) {
        return fault(request(method), FixedHeaders{{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", method}});
    };
    for (const char* removed :
         {"initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "tasks/list",
          "tasks/result", "unknown/method", "roots/list", "sampling/createMessage", "elicitation/create", ""})
        EXPECT_EQ(of(removed), "404 -32601") << removed;
    for (const char* known : {"server/discover", "subscriptions/listen", "tools/list", "tools/call", "prompts/list",
                              "prompts/get", "resources/list", "resources/templates/list", "resources/read",
                              "completion/complete", "tasks/get", "tasks/update", "tasks/cancel"})
        EXPECT_EQ(of(known), "") << known;
}

TEST(CheckModern, a_notification_needs_no_meta_but_must_not_contradict_itself) {
    const auto bare = parsed(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");
    EXPECT_EQ(fault(bare, FixedHeaders{{"MCP-Protocol-Version", "2026-07-28"}}), "");
    EXPECT_EQ(fault(bare, FixedHeaders{{"MCP-Protocol-Version", "v9"}}), "400 -32022");
    EXPECT_EQ(fault(bare, FixedHeaders{{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "other"}}), "400 -32020");
    const auto claimed = parsed(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"_meta":{)" +
                                std::string(kVersion) + "}}}");
    EXPECT_EQ(fault(claimed, FixedHeaders{}), "");
    EXPECT_EQ(fault(claimed, FixedHeaders{{"MCP-Protocol-Version", "2025-11-25"}}), "400 -32020");
}

TEST(CheckModern, an_answer_is_refused) {
    EXPECT_EQ(
        fault(parsed(R"({"jsonrpc":"2.0","id":7,"result":{}})"), FixedHeaders{{"MCP-Protocol-Version", "2026-07-28"}}),
        "400 -32600");
}

TEST(CheckModern, long_words_of_the_client_are_clipped) {
    ModernMeta meta;
    const std::string method(100'000, 'x');
    const auto found = check_modern(request(method),
                                    FixedHeaders{{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", method}}, meta);
    ASSERT_TRUE(found.has_value());
    EXPECT_LT(found->message.size(), 400U);
}

}  // namespace
}  // namespace agenthub::mcp
