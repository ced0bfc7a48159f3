#include "cli/json_span.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

TEST(JsonSpan, a_member_is_returned_as_it_stands) {
    const std::string_view text = R"( {"a" : 1.50e+2 , "b":{"c":[1,{"d":"]}"}]},"e":"x\"y\\", "f":true} )";
    EXPECT_EQ(json_member(text, "a"), "1.50e+2");
    EXPECT_EQ(json_member(text, "b"), R"({"c":[1,{"d":"]}"}]})");
    EXPECT_EQ(json_member(text, "e"), R"("x\"y\\")");
    EXPECT_EQ(json_member(text, "f"), "true");
    EXPECT_EQ(json_member(text, "c"), std::nullopt) << "only the members of the object itself";
}

TEST(JsonSpan, keys_are_compared_as_text_and_the_last_one_counts) {
    EXPECT_EQ(json_member(R"({"res\u0075lt":1})", "result"), "1");
    EXPECT_EQ(json_member(R"({"a":1,"a":2})", "a"), "2");
}

TEST(JsonSpan, nothing_in_what_is_no_object_or_no_array) {
    EXPECT_EQ(json_member("[1]", "a"), std::nullopt);
    EXPECT_EQ(json_member("{}", "a"), std::nullopt);
    EXPECT_EQ(json_member("\"a\"", "a"), std::nullopt);
    EXPECT_TRUE(json_elements("{\"a\":[1]}").empty());
    EXPECT_TRUE(json_elements(" [ ] ").empty());
    EXPECT_TRUE(json_elements("null").empty());
}

TEST(JsonSpan, elements_are_returned_as_they_stand) {
    const auto elements = json_elements(" [ 1 , \"a,]\" , {\"b\" : [2]} , [ ] , null ] ");
    const std::vector<std::string_view> expected{"1", "\"a,]\"", "{\"b\" : [2]}", "[ ]", "null"};
    EXPECT_EQ(elements, expected);
}

TEST(JsonSpan, deep_nesting_does_not_need_a_deep_stack) {
    const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
    EXPECT_EQ(json_member("{\"a\":" + deep + ",\"b\":1}", "b"), "1");
}

}  // namespace
}  // namespace agenthub
