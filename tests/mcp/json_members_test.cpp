#include "mcp/json_members.hpp"

#include <gtest/gtest.h>

namespace agenthub::mcp {
namespace {

TEST(JsonMembers, are_yielded_as_they_are_written) {
    const auto members = members_of(R"( {"a" : 1.0, "b":{"c":[1, 2]} ,"a\u0062":null} )");
    ASSERT_EQ(members.size(), 3U);
    EXPECT_EQ(members[0].key, R"("a")");
    EXPECT_EQ(members[0].value, "1.0");
    EXPECT_EQ(members[1].value, R"({"c":[1, 2]})");
    EXPECT_EQ(members[2].key, R"("a\u0062")");
}

TEST(JsonMembers, of_what_is_no_whole_object_are_none) {
    for (const char* text : {"", "[]", "1", R"({"a":1)", R"({"a":1} x)", R"({"a":})"})
        EXPECT_TRUE(members_of(text).empty()) << text;
}

TEST(JsonMembers, the_last_of_several_counts_and_escapes_are_understood) {
    EXPECT_EQ(member(R"({"a":1,"a":2})", "a"), "2");
    EXPECT_EQ(member(R"({"\u0061":3})", "a"), "3");
    EXPECT_EQ(member(R"({"b":3})", "a"), "");
}

TEST(JsonMembers, without_some_the_others_stay_as_they_were) {
    EXPECT_EQ(without_members(R"({"a":1.0,"b":2,"c":"x","b":3})", {"b"}), R"({"a":1.0,"c":"x"})");
    EXPECT_EQ(without_members(R"({"a":1})", {"a", "b"}), "{}");
}

TEST(JsonMembers, elements_are_yielded_as_they_are_written) {
    const auto elements = elements_of(R"( [ 1.0, {"a":[2]} ,"x"] )");
    ASSERT_EQ(elements.size(), 3U);
    EXPECT_EQ(elements[0], "1.0");
    EXPECT_EQ(elements[1], R"({"a":[2]})");
    EXPECT_EQ(elements[2], R"("x")");
    for (const char* text : {"", "{}", "1", "[1", "[1] x", "[1,]", "[]"})
        EXPECT_TRUE(elements_of(text).empty()) << text;
}

TEST(JsonMembers, one_can_be_replaced_or_put_in) {
    EXPECT_EQ(with_member(R"( { "a" : 1.0 , "b":2} )", "a", "3"), R"( { "a" : 3 , "b":2} )");
    EXPECT_EQ(with_member(R"({"\u0061":1,"b":{"a":2}})", "a", R"("x")"), R"({"\u0061":"x","b":{"a":2}})");
    EXPECT_EQ(with_member(R"({"a":1,"b":2,"a":3})", "a", "4"), R"({"a":4,"b":2,"a":4})");
    EXPECT_EQ(with_member(R"({ "b":2})", "a", "1"), R"({"a":1, "b":2})");
    EXPECT_EQ(with_member("{ }", "a", "1"), R"({"a":1 })");
}

}  // namespace
}  // namespace agenthub::mcp
