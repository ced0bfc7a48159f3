// Raw members and elements are found byte for byte.

#include "load/raw_json.hpp"

#include <gtest/gtest.h>

namespace agenthub::load {
namespace {

TEST(RawJson, finds_members_as_they_are_written) {
    constexpr std::string_view text = R"( { "a" : 1.0 , "b":{"a":"}\"{"},"c":[1,[2]], "d" :-0,"e":"x"})";
    EXPECT_EQ(raw_member(text, "a"), "1.0");
    EXPECT_EQ(raw_member(text, "b"), R"({"a":"}\"{"})");
    EXPECT_EQ(raw_member(text, "c"), "[1,[2]]");
    EXPECT_EQ(raw_member(text, "d"), "-0");
    EXPECT_EQ(raw_member(text, "e"), R"("x")");
    EXPECT_EQ(raw_member(text, "f"), "");
}

TEST(RawJson, strings_end_only_at_an_unescaped_quote) {
    EXPECT_EQ(raw_member(R"({"a":"\\","b":2})", "b"), "2");
    EXPECT_EQ(raw_member(R"({"a":"\\\"","b":2})", "a"), R"("\\\"")");
    EXPECT_EQ(raw_member(R"({"a":"","b":""})", "b"), R"("")");
}

TEST(RawJson, broken_texts_have_no_members) {
    for (const auto* text : {"", "[]", "{", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"x", "{\"a\":[1", "{a:1}"})
        EXPECT_EQ(raw_member(text, "a"), "") << text;
}

TEST(RawJson, finds_the_first_element) {
    EXPECT_EQ(raw_first_element("[ {\"a\":[1]} , 2]"), "{\"a\":[1]}");
    EXPECT_EQ(raw_first_element("[]"), "");
    EXPECT_EQ(raw_first_element("{}"), "");
}

}  // namespace
}  // namespace agenthub::load
