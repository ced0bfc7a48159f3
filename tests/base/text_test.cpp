#include "base/text.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

using std::chrono::milliseconds;

std::string quoted(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

TEST(Text, json_string_escapes_controls_quotes_and_backslashes) {
    EXPECT_EQ(quoted("a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")");
    EXPECT_EQ(quoted("grüße 🙂"), "\"grüße 🙂\"");
}

TEST(Text, json_string_replaces_what_is_not_utf8) {
    EXPECT_EQ(quoted("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
    EXPECT_EQ(quoted("\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"") << "an overlong form";
    EXPECT_EQ(quoted("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"") << "a surrogate";
    EXPECT_EQ(quoted("\xE2\x82"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"") << "a cut sequence";
}

TEST(Text, durations_in_every_unit) {
    EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
    EXPECT_EQ(parse_duration("1.5"), milliseconds(1500));
    EXPECT_EQ(parse_duration("5s"), milliseconds(5000));
    EXPECT_EQ(parse_duration("5m"), milliseconds(300000));
    EXPECT_EQ(parse_duration("2h"), milliseconds(7200000));
    EXPECT_EQ(parse_duration("1d"), milliseconds(86400000));
    EXPECT_EQ(parse_duration("0"), milliseconds(0));
}

TEST(Text, durations_that_are_none) {
    for (const char* text : {"", "ms", "-1s", "5 s", "5x", "nan", "inf", "1e3", "99999999d"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Text, clip_cuts_at_a_character) {
    EXPECT_EQ(clip("abc", 3), "abc");
    EXPECT_EQ(clip("abcd", 3), "abc…");
    EXPECT_EQ(clip("aü", 2), "a…");
}

TEST(Text, iso8601_has_milliseconds_and_zone) {
    EXPECT_EQ(iso8601(0), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(iso8601(1785283200123), "2026-07-29T00:00:00.123Z");
    EXPECT_EQ(iso8601(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Text, iequals_and_trim) {
    EXPECT_TRUE(iequals("Content-Type", "content-tYPE"));
    EXPECT_FALSE(iequals("a", "ab"));
    EXPECT_EQ(trim(" \t a b \t"), "a b");
    EXPECT_EQ(trim("   "), "");
}

TEST(Text, utf8_is_told_from_other_bytes) {
    for (const char* text : {"", "abc", "é", "€", "😀"})
        EXPECT_TRUE(is_utf8(text)) << text;
    for (const char* text : {"\xFF", "a\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80"})
        EXPECT_FALSE(is_utf8(text)) << text;
}

}  // namespace
}  // namespace agenthub
