#include "gateway/aggregate_names.hpp"

#include <gtest/gtest.h>

#include <set>

namespace agenthub {
namespace {

// A shortened or cleaned name: what is left of it, and a tail of 8 hex digits.
void expect_tail(std::string_view server, std::string_view own, std::string_view head) {
    const std::string name = aggregate_name(server, own);
    EXPECT_TRUE(is_shown_name(name)) << name;
    ASSERT_EQ(name.size(), head.size() + 10) << name;
    EXPECT_EQ(name.substr(0, head.size()), head);
    EXPECT_EQ(name.substr(head.size(), 2), "__");
    EXPECT_EQ(name.substr(head.size() + 2).find_first_not_of("0123456789abcdef"), std::string::npos) << name;
}

TEST(AggregateNames, are_server_and_name) {
    EXPECT_EQ(aggregate_name("github", "create_issue"), "github__create_issue");
    EXPECT_EQ(aggregate_name("a-B_1", "x__y_"), "a-B_1__x__y_");
}

TEST(AggregateNames, have_at_most_64_bytes) {
    const std::string fits = aggregate_name("s", std::string(61, 'n'));
    EXPECT_EQ(fits, "s__" + std::string(61, 'n'));
    expect_tail("s", std::string(62, 'n'), "s__" + std::string(51, 'n'));
    expect_tail(std::string(64, 's'), "n", std::string(54, 's'));
    expect_tail("s", std::string(100'000, 'n'), "s__" + std::string(51, 'n'));
}

TEST(AggregateNames, have_only_what_every_client_takes) {
    expect_tail("my.server", "a/b c", "my_server__a_b_c");
    expect_tail("s", "caf\xC3\xA9", "s__caf__");
    expect_tail("s", std::string_view("\0\"", 2), "s____");
}

TEST(AggregateNames, that_would_not_lead_back_have_a_tail) {
    expect_tail("a__b", "c", "a__b__c");
    expect_tail("a_", "b", "a___b");
    expect_tail("a", "_b", "a___b");
    expect_tail("a", "", "a__");
    expect_tail("", "b", "__b");
    expect_tail("a", "b__01234567", "a__b__01234567");
    EXPECT_EQ(aggregate_name("a", "b__0123456g"), "a__b__0123456g");
}

TEST(AggregateNames, of_different_tools_are_different) {
    std::set<std::string> names;
    const std::string_view parts[] = {"a", "a_", "_a", "a__a", "a__", "__a", "_", "__", "a.a", "a a", "a_a", "a-a"};
    for (const auto server : parts)
        for (const auto own : parts)
            EXPECT_TRUE(names.insert(aggregate_name(server, own)).second) << server << " " << own;
}

TEST(AggregateNames, stay_what_they_are) {
    EXPECT_EQ(aggregate_name("my.server", "tool"), aggregate_name("my.server", "tool"));
    EXPECT_EQ(aggregate_name("a_", "b"), "a___b__" + aggregate_name("a_", "b").substr(7));
    EXPECT_NE(aggregate_name("a_", "b"), aggregate_name("a", "_b"));
}

TEST(AggregateNames, to_be_shown_are_told) {
    EXPECT_TRUE(is_shown_name(std::string(64, 'a')));
    EXPECT_FALSE(is_shown_name(std::string(65, 'a')));
    for (const char* name : {"", "a.b", "a b", "\xC3\xA9"})
        EXPECT_FALSE(is_shown_name(name)) << name;
}

}  // namespace
}  // namespace agenthub
