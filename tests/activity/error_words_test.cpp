#include "activity/error_words.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

TEST(ErrorWords, are_quoted_one_by_one) {
    EXPECT_EQ(error_words("connection refused"), R"("connection" "refused")");
    EXPECT_EQ(error_words("  über 42 "), R"("über" "42")");
}

TEST(ErrorWords, may_go_on_behind_a_star) {
    EXPECT_EQ(error_words("conn* refused"), R"("conn"* "refused")");
}

TEST(ErrorWords, take_no_operator_for_one) {
    EXPECT_EQ(error_words("a OR b"), R"("a" "OR" "b")");
    EXPECT_EQ(error_words(R"(x" NEAR(y) - ^z {c}:d)"), R"("x" "NEAR" "y" "z" "c" "d")");
}

TEST(ErrorWords, may_be_none) {
    EXPECT_EQ(error_words(""), "");
    EXPECT_EQ(error_words(" * \" - "), "");
}

}  // namespace
}  // namespace agenthub
