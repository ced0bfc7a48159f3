#include "base/spelling.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

std::string json(std::string_view text) {
    const auto read = read_json_escapes(text);
    return read ? read->text : "nothing";
}

std::string percent(std::string_view text) {
    const auto read = read_percent_encoding(text);
    return read ? read->text : "nothing";
}

TEST(Spelling, reads_json_escapes) {
    EXPECT_EQ(json(R"(a\"b\\c\/d\n\t)"), "a\"b\\c/d\n\t");
    EXPECT_EQ(json(R"(\u0041\u00fC\u20ac\ud83D\ude00)"), "A\u00fc\u20ac\U0001F600");
    EXPECT_EQ(json("plain"), "nothing");
}

TEST(Spelling, reads_percent_encoding) {
    EXPECT_EQ(percent("a%2Bb%2fc%C3%BC"), "a+b/c\u00fc");
    EXPECT_EQ(percent("100 %"), "nothing");
    EXPECT_EQ(percent("%4"), "nothing");
    EXPECT_EQ(percent("%%41"), "%A");
}

TEST(Spelling, what_is_no_escape_stands_for_itself) {
    EXPECT_EQ(json(R"(\x\u00g1\n)"), "\\x\\u00g1\n");
    EXPECT_EQ(json("\\n\\"), "\n\\");
    EXPECT_EQ(json("\\n\\u12"), "\n\\u12");
    EXPECT_EQ(json("\\x"), "nothing");
}

TEST(Spelling, knows_where_each_byte_was_written) {
    const auto read = read_json_escapes(R"(a\nb\u00fcc)");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text, "a\nb\u00fcc");
    EXPECT_EQ(read->places, (std::vector<std::uint32_t>{0, 1, 3, 4, 4, 10, 11}));
}

}  // namespace
}  // namespace agenthub
