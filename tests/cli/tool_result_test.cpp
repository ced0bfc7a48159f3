#include "cli/tool_result.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

std::string text_of(std::string_view result) {
    return render_tool_result(result).text;
}

TEST(ToolResult, text_items_are_printed_as_text_each_ending_its_line) {
    EXPECT_EQ(text_of(R"({"content":[{"type":"text","text":"a\nb"},{"type":"text","text":"c\n"}]})"), "a\nb\nc\n");
    EXPECT_EQ(text_of(R"({"content":[{"type":"text","text":"gr\u00fc\u00dfe"}]})"), "grüße\n");
}

TEST(ToolResult, other_items_are_printed_as_the_json_they_came_as) {
    EXPECT_EQ(text_of(R"({"content":[{"type":"image", "data":"AAAA","n":1.50}]})"),
              "{\"type\":\"image\", \"data\":\"AAAA\",\"n\":1.50}\n");
    EXPECT_EQ(text_of(R"({"content":[{"type":"text"},5]})"), "{\"type\":\"text\"}\n5\n") << "malformed, but not lost";
    EXPECT_EQ(text_of(R"({"content":[{"type":"text","text":7}]})"), "{\"type\":\"text\",\"text\":7}\n");
}

TEST(ToolResult, structured_content_stands_in_when_there_is_no_text) {
    EXPECT_EQ(text_of(R"({"content":[],"structuredContent":{"a":12345678901234567890}})"),
              "{\"a\":12345678901234567890}\n");
    EXPECT_EQ(text_of(R"({"structuredContent":{"a":1}})"), "{\"a\":1}\n");
    EXPECT_EQ(text_of(R"({"content":[{"type":"audio"}],"structuredContent":{"a":1}})"),
              "{\"type\":\"audio\"}\n{\"a\":1}\n");
    EXPECT_EQ(text_of(R"({"content":[{"type":"text","text":"one"}],"structuredContent":{"a":1}})"), "one\n");
}

TEST(ToolResult, nothing_is_printed_for_nothing) {
    EXPECT_EQ(text_of("{}"), "");
    EXPECT_EQ(text_of(R"({"content":null})"), "");
}

TEST(ToolResult, only_true_means_an_error) {
    EXPECT_TRUE(render_tool_result(R"({"isError": true})").is_error);
    EXPECT_FALSE(render_tool_result(R"({"isError": false})").is_error);
    EXPECT_FALSE(render_tool_result(R"({"content":[{"isError":true}]})").is_error);
    EXPECT_FALSE(render_tool_result("{}").is_error);
}

}  // namespace
}  // namespace agenthub
