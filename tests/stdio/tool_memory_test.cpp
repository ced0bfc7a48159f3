#include "stdio/tool_memory.hpp"

#include <gtest/gtest.h>

#include "mcp/replies.hpp"

namespace agenthub {
namespace {

mcp::Message message(const std::string& text) {
    return mcp::Message::parse(text).value();
}

mcp::Message request(const std::string& method, const std::string& params = "{}") {
    return message(mcp::make_call("1", method, params));
}

mcp::Message call(const std::string& tool, const std::string& arguments = "{}") {
    return request("tools/call", R"({"name":")" + tool + R"(","arguments":)" + arguments + "}");
}

void learn(ToolMemory& memory, const std::string& tools) {
    memory.learn(message(mcp::make_response("1", R"({"tools":[)" + tools + "]}")));
}

TEST(ToolMemory, what_only_reads_may_be_repeated) {
    const ToolMemory memory;
    for (const std::string method : {"ping", "tools/list", "resources/read", "prompts/get", "completion/complete",
                                     "logging/setLevel", "resources/subscribe", "server/discover", "tasks/get"})
        EXPECT_TRUE(memory.is_repeatable(request(method))) << method;
    for (const std::string method : {"tools/call", "tasks/update", "something/else"})
        EXPECT_FALSE(memory.is_repeatable(request(method))) << method;
}

TEST(ToolMemory, tools_may_be_repeated_whose_annotations_say_so) {
    ToolMemory memory;
    learn(memory, R"({"name":"look","annotations":{"readOnlyHint":true}},
                     {"name":"set","annotations":{"idempotentHint":true,"destructiveHint":true}},
                     {"name":"pay","annotations":{"readOnlyHint":false}},{"name":"bare"},{"name":7},"x")");
    EXPECT_TRUE(memory.is_repeatable(call("look")));
    EXPECT_TRUE(memory.is_repeatable(call("set")));
    EXPECT_TRUE(memory.is_repeatable(call("l\\u006fok")));
    EXPECT_FALSE(memory.is_repeatable(call("pay")));
    EXPECT_FALSE(memory.is_repeatable(call("bare")));
    EXPECT_FALSE(memory.is_repeatable(call("unknown")));
    learn(memory, R"({"name":"look"})");
    EXPECT_FALSE(memory.is_repeatable(call("look"))) << "the last list counts";
}

TEST(ToolMemory, arguments_are_repeated_in_fields_where_the_schema_says_so) {
    ToolMemory memory;
    learn(memory, R"({"name":"t","inputSchema":{"type":"object","properties":{
        "region":{"type":"string","x-mcp-header":"Region"},"level":{"type":"integer","x-mcp-header":"Level"},
        "on":{"type":"boolean","x-mcp-header":"On"},"free":{"type":"string"}}}})");
    using Fields = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(memory.param_fields(call("t", R"({"region":"eu","level":3,"on":true,"free":"x"})")),
              (Fields{{"Mcp-Param-Region", "eu"}, {"Mcp-Param-Level", "3"}, {"Mcp-Param-On", "true"}}));
    EXPECT_EQ(memory.param_fields(call("t", R"({"region":"\u00fc","level":null})")),
              (Fields{{"Mcp-Param-Region", "=?base64?w7w=?="}}));
    EXPECT_EQ(memory.param_fields(call("t", R"({"region":{},"level":[1]})")), Fields());
    EXPECT_EQ(memory.param_fields(call("other", R"({"region":"eu"})")), Fields());
}

TEST(ToolMemory, what_has_changed_is_not_relied_upon) {
    ToolMemory memory;
    learn(memory, R"({"name":"look","annotations":{"readOnlyHint":true}})");
    memory.clear();
    EXPECT_FALSE(memory.is_repeatable(call("look")));
    EXPECT_EQ(memory.size(), 0U);
}

TEST(ToolMemory, more_tools_than_the_limit_are_not_remembered) {
    ToolMemory memory;
    std::string tools;
    for (std::size_t i = 0; i < kMaxTools; ++i)
        tools +=
            (i == 0 ? "" : ",") + (R"({"name":"t)" + std::to_string(i)) + R"(","annotations":{"readOnlyHint":true}})";
    learn(memory, tools);
    EXPECT_EQ(memory.size(), kMaxTools);
    EXPECT_TRUE(memory.is_repeatable(call("t" + std::to_string(kMaxTools - 1))));
    learn(memory, R"({"name":"one more","annotations":{"readOnlyHint":true}},{"name":"t0"})");
    EXPECT_EQ(memory.size(), kMaxTools);
    EXPECT_FALSE(memory.is_repeatable(call("one more")));
    EXPECT_FALSE(memory.is_repeatable(call("t0"))) << "those that are known are still kept up to date";
}

}  // namespace
}  // namespace agenthub
