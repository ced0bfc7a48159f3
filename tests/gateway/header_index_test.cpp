#include "gateway/header_index.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

namespace http = boost::beast::http;

TEST(HeaderIndex, finds_what_the_fields_have_whatever_the_case) {
    http::fields fields;
    fields.set(http::field::host, "localhost");
    fields.set("Mcp-Session-Id", " \tabc\t ");
    fields.set("X-Empty", "");
    HeaderIndex index;
    index.build(fields);
    ASSERT_NE(index.find("mcp-session-id"), nullptr);
    EXPECT_EQ(*index.find("mcp-session-id"), "abc");
    EXPECT_EQ(*index.find("HOST"), "localhost");
    ASSERT_NE(index.find("X-Empty"), nullptr);
    EXPECT_EQ(*index.find("X-Empty"), "");
    EXPECT_EQ(index.find("Mcp-Session"), nullptr);
    EXPECT_EQ(index.find(""), nullptr);
}

// As Beast's own find() does.
TEST(HeaderIndex, of_several_fields_finds_the_first) {
    http::fields fields;
    fields.insert("X-One", "1");
    fields.insert("X-Two", "2");
    fields.insert("x-one", "3");
    HeaderIndex index;
    index.build(fields);
    EXPECT_EQ(*index.find("X-One"), "1");
    EXPECT_EQ(fields.find("X-One")->value(), "1");
}

TEST(HeaderIndex, knows_which_names_repeat) {
    http::fields fields;
    fields.insert("Mcp-Name", "a");
    fields.insert("X-Once", "1");
    fields.insert("mcp-name", "b");
    HeaderIndex index;
    index.build(fields);
    EXPECT_TRUE(index.repeats("MCP-NAME"));
    EXPECT_FALSE(index.repeats("X-Once"));
    EXPECT_FALSE(index.repeats("X-Never"));
    fields.erase("Mcp-Name");
    index.build(fields);
    EXPECT_FALSE(index.repeats("Mcp-Name"));
}

TEST(HeaderIndex, knows_nothing_of_what_it_was_built_from_before) {
    http::fields first;
    first.set("X-One", "1");
    http::fields second;
    second.set("X-Two", "2");
    HeaderIndex index;
    index.build(first);
    index.build(second);
    EXPECT_EQ(index.find("X-One"), nullptr);
    EXPECT_EQ(*index.find("X-Two"), "2");
    index.clear();
    EXPECT_EQ(index.find("X-Two"), nullptr);
}

}  // namespace
}  // namespace agenthub
