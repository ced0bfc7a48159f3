#include "mcp/json_text.hpp"

#include <gtest/gtest.h>

namespace agenthub::mcp {
namespace {

TEST(JsonText, unescape_resolves_every_escape) {
    EXPECT_EQ(unescape(R"("a\"\\\/\b\f\n\r\tz")"), "a\"\\/\b\f\n\r\tz");
    EXPECT_EQ(unescape(R"("\u0041\u00e9\u20ac")"), "Aé€");
    EXPECT_EQ(unescape(R"("\ud83d\ude42")"), "🙂");
    EXPECT_EQ(unescape(R"("\ud83dx")"), "\xEF\xBF\xBDx") << "a lone surrogate";
    EXPECT_EQ(unescape(R"("\ude42")"), "\xEF\xBF\xBD");
    EXPECT_EQ(unescape(R"("")"), "");
}

TEST(JsonText, a_string_has_one_plain_spelling) {
    EXPECT_EQ(plain_spelling(R"("file:///a")"), R"("file:///a")");
    EXPECT_EQ(plain_spelling(R"("file:\/\/\/\u0061")"), R"("file:///a")");
    EXPECT_EQ(plain_spelling(R"("\u00e9\ud83d\ude42")"), R"("é🙂")");
    EXPECT_EQ(plain_spelling(R"("\"\\\n")"), R"("\"\\\n")") << "what must be escaped still is";
    EXPECT_EQ(plain_spelling(R"("")"), R"("")");
    EXPECT_EQ(plain_spelling(""), "");
    EXPECT_EQ(plain_spelling(R"({"\u0061":1})"), R"({"\u0061":1})") << "no string";
}

TEST(JsonText, spells_sees_through_escapes) {
    EXPECT_TRUE(spells(R"("id")", "id"));
    EXPECT_TRUE(spells(R"("i\u0064")", "id"));
    EXPECT_FALSE(spells(R"("ID")", "id"));
    EXPECT_FALSE(spells(R"("id ")", "id"));
}

TEST(JsonText, integers_are_those_without_fraction_and_exponent) {
    for (const char* text : {"0", "-1", "9007199254740993", "-0"})
        EXPECT_TRUE(is_json_integer(text)) << text;
    for (const char* text : {"", "1.0", "1e3", "01", "-", "a"})
        EXPECT_FALSE(is_json_integer(text)) << text;
}

TEST(JsonText, numbers_convert_only_when_they_fit) {
    EXPECT_EQ(to_int64("-9223372036854775808"), INT64_MIN);
    EXPECT_EQ(to_int64("9223372036854775808"), std::nullopt);
    EXPECT_EQ(to_int64("1.0"), std::nullopt);
    EXPECT_EQ(to_double("0.5"), 0.5);
    EXPECT_EQ(to_double("x"), std::nullopt);
}

}  // namespace
}  // namespace agenthub::mcp
