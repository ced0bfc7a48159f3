#include "gateway/tool_headers.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

Catalogue with_tools(std::string tools, std::uint64_t revision) {
    Catalogue catalogue;
    catalogue.revision = revision;
    catalogue.lists[0] = R"({"tools":[)" + std::move(tools) + "]}";
    return catalogue;
}

std::string annotated(std::string_view name, std::string_view header) {
    return R"({"name":")" + std::string(name) +
           R"(","inputSchema":{"type":"object","properties":{"r":{"type":"string","x-mcp-header":")" +
           std::string(header) + R"("}}}})";
}

TEST(ToolHeaders, knows_the_annotated_tools_of_each_server) {
    ToolHeaders headers;
    const auto one = with_tools(annotated("a", "Region") + R"(,{"name":"plain","inputSchema":{}},{"name":7})", 1);
    const auto two = with_tools(annotated("a", "Zone"), 2);
    const auto* of_one = headers.of("one", one, "a");
    ASSERT_NE(of_one, nullptr);
    ASSERT_EQ(of_one->headers.size(), 1U);
    EXPECT_EQ(of_one->headers[0].field, "Mcp-Param-Region");
    EXPECT_EQ(headers.of("one", one, "plain"), nullptr);
    EXPECT_EQ(headers.of("one", one, "unknown"), nullptr);
    ASSERT_NE(headers.of("two", two, "a"), nullptr);
    EXPECT_EQ(headers.of("two", two, "a")->headers[0].field, "Mcp-Param-Zone");
    EXPECT_EQ(headers.of("one", one, "a")->headers[0].field, "Mcp-Param-Region");
}

TEST(ToolHeaders, a_changed_list_is_read_anew_and_the_same_one_is_not) {
    ToolHeaders headers;
    ASSERT_NE(headers.of("s", with_tools(annotated("a", "Region"), 1), "a"), nullptr);
    EXPECT_NE(headers.of("s", with_tools("", 1), "a"), nullptr) << "the revision says that it is the same";
    EXPECT_EQ(headers.of("s", with_tools("", 2), "a"), nullptr);
    EXPECT_NE(headers.of("s", with_tools(annotated("a", "Region"), 3), "a"), nullptr);
}

TEST(ToolHeaders, names_are_compared_as_they_are_meant) {
    ToolHeaders headers;
    EXPECT_NE(headers.of("s", with_tools(annotated("\\u0061b", "Region"), 1), "ab"), nullptr);
}

TEST(ToolHeaders, a_faulty_annotation_is_known_too) {
    ToolHeaders headers;
    const auto* known = headers.of("s", with_tools(annotated("a", "no token"), 1), "a");
    ASSERT_NE(known, nullptr);
    EXPECT_TRUE(known->fault.has_value());
}

}  // namespace
}  // namespace agenthub
