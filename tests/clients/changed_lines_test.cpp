#include <gtest/gtest.h>

#include "clients/connect_file.hpp"

namespace agenthub {
namespace {

TEST(ChangedLines, shows_what_differs_with_three_lines_around) {
    EXPECT_EQ(changed_lines("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\ny\n6\n7\n8\n9\n"),
              "  2\n  3\n  4\n- 5\n+ x\n+ y\n  6\n  7\n  8\n");
}

TEST(ChangedLines, a_new_file_is_all_new) {
    EXPECT_EQ(changed_lines("", "a\r\nb\n"), "+ a\n+ b\n");
    EXPECT_EQ(changed_lines("a\n", "a\n"), "  a\n");
}

}  // namespace
}  // namespace agenthub
