#include "base/glob.hpp"

#include <gtest/gtest.h>

#include <string>

namespace agenthub {
namespace {

TEST(Glob, matches_whole_texts) {
    EXPECT_TRUE(matches_glob("abc", "abc"));
    EXPECT_FALSE(matches_glob("abc", "abcd"));
    EXPECT_FALSE(matches_glob("abc", "ab"));
    EXPECT_FALSE(matches_glob("abc", "ABC"));
    EXPECT_TRUE(matches_glob("", ""));
    EXPECT_FALSE(matches_glob("", "a"));
}

TEST(Glob, a_star_is_any_text) {
    for (const char* text : {"", "a", "github__create"})
        EXPECT_TRUE(matches_glob("*", text)) << text;
    EXPECT_TRUE(matches_glob("github__*", "github__"));
    EXPECT_TRUE(matches_glob("*delete*", "github__delete_repo"));
    EXPECT_TRUE(matches_glob("a*b*c", "a_b_b_c_c"));
    EXPECT_TRUE(matches_glob("**a**", "a"));
    EXPECT_FALSE(matches_glob("a*b*c", "a_c_b"));
    EXPECT_FALSE(matches_glob("*delete*", "delet"));
}

TEST(Glob, a_question_mark_is_one_byte) {
    EXPECT_TRUE(matches_glob("a?c", "abc"));
    EXPECT_FALSE(matches_glob("a?c", "ac"));
    EXPECT_TRUE(matches_glob("?*?", "ab"));
    EXPECT_FALSE(matches_glob("?*?", "a"));
    EXPECT_FALSE(matches_glob("?", ""));
}

TEST(Glob, many_stars_take_no_more_than_the_product) {
    std::string pattern;
    for (int i = 0; i < 200; ++i)
        pattern += "*a";
    EXPECT_FALSE(matches_glob(pattern + "b", std::string(5000, 'a')));
}

}  // namespace
}  // namespace agenthub
