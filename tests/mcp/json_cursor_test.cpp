#include "mcp/json_cursor.hpp"

#include <gtest/gtest.h>

namespace agenthub::mcp {
namespace {

bool is_json(std::string_view text) {
    JsonScanner scanner;
    if (!scanner.index(text))
        return false;
    JsonCursor cursor(text, scanner);
    Span whole;
    return cursor.skip_value(whole) && cursor.at_end();
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonCursor, takes_every_kind_of_value) {
    for (const char* text :
         {"{}", "[]", "null", "true", "-0", "1.0", "1e400", "123456789012345678901234567890", R"("\u00e9\n\/")",
          R"({"a":[1,{"b":[]},"x"],"a":2})", " [ 1 , 2 ] ", R"(["\ud800"])", R"({"k":{"k":{"k":[[[{}]]]}}})"})
        EXPECT_TRUE(is_json(text)) << text;
}

TEST(JsonCursor, refuses_what_the_grammar_forbids) {
    for (const char* text : {"",
                             " ",
                             "{",
                             "}",
                             "[1,]",
                             "[,1]",
                             "{,}",
                             R"({"a"})",
                             R"({"a":})",
                             R"({"a":1,})",
                             R"({"a" "b"})",
                             "[1 2]",
                             R"(["a" "b"])",
                             R"(["a"b])",
                             R"([1"a"])",
                             "tru",
                             "nulll",
                             "01",
                             "1.",
                             ".5",
                             "+1",
                             "1e",
                             "--1",
                             "0x1",
                             "NaN",
                             R"("\x")",
                             R"("\u12")",
                             R"("\u12g4")",
                             "\"a\nb\"",
                             "'a'",
                             "[1]]",
                             "[1}",
                             "{]",
                             R"({1:2})",
                             "[1]x",
                             "\"abc",
                             "/* c */ 1",
                             "\xEF\xBB\xBF{}",
                             "\"\xFF\"",
                             "[\"\xC0\xAF\"]",
                             "{}{}",
                             "1 2"})
        EXPECT_FALSE(is_json(text)) << text;
}

// Alone, at the end of an array, and in the midst of one.
void expect_number(const std::string& number, bool valid) {
    EXPECT_EQ(is_json(number), valid) << number;
    EXPECT_EQ(is_json("[" + number + "]"), valid) << number;
    EXPECT_EQ(is_json("[0," + number + ",12345678901234567890]"), valid) << number;
    EXPECT_EQ(is_json("[ 0 , " + number + " , 1 ]"), valid) << number;
    EXPECT_EQ(is_json("{\"a\":" + number + ",\"b\":" + number + "}"), valid) << number;
}

TEST(JsonCursor, numbers_of_every_length_are_read_to_their_end) {
    for (std::size_t length = 1; length <= 40; ++length) {
        const std::string digits(length, '7');
        for (const std::string& valid : {digits, "-" + digits, "0." + digits, digits + "." + digits,
                                         digits + "e-" + digits, "-" + digits + "." + digits + "E+" + digits})
            expect_number(valid, true);
        for (const std::string& invalid :
             {"0" + digits, "-0" + digits, digits + ".", digits + "e", digits + "e+", digits + "x", "+" + digits,
              digits + "-", digits + "." + digits + ".", "." + digits, digits + ":", digits + "/", digits + "\x80"})
            expect_number(invalid, false);
    }
}

TEST(JsonCursor, commas_between_numbers_are_counted) {
    for (const char* text : {"[1,,2]", "[1,2,]", "[,1,2]", "[1,2,3", "[1,2,3}", "[1,2 3]", "[1,2,3,[4,]]"})
        EXPECT_FALSE(is_json(text)) << text;
    for (const char* text : {"[1,2,3]", "[[1,2],[3],[]]", "[1,\"a\",2,{\"b\":[3,4]},5,null,6]"})
        EXPECT_TRUE(is_json(text)) << text;
}

TEST(JsonCursor, escapes_are_checked_in_every_string) {
    for (const char* text : {R"(["a","\n\t","b","\\"])", R"({"\u0041":"\\\"","b":["x","\/"]})", R"(["\\\\","a"])"})
        EXPECT_TRUE(is_json(text)) << text;
    for (const char* text : {R"(["a","\n","\q"])", R"(["\n","\u00g0","b"])", R"({"a":"\n","\x":1})", R"(["\n\n\n\y"])",
                             R"(["\u123","4"])", R"([\"a\"])", R"(["a"\,"b"])"})
        EXPECT_FALSE(is_json(text)) << text;
}

TEST(JsonCursor, refuses_a_zero_byte_anywhere) {
    EXPECT_FALSE(is_json(std::string_view("[1\0]", 4)));
    EXPECT_FALSE(is_json(std::string_view("\"a\0\"", 4)));
}

TEST(JsonCursor, depth_has_a_limit) {
    EXPECT_TRUE(is_json(nested(kMaxDepth)));
    EXPECT_FALSE(is_json(nested(kMaxDepth + 1)));
    EXPECT_FALSE(is_json(nested(1'000'000)));
}

TEST(JsonCursor, spans_are_exact) {
    const std::string_view text = R"(  {"a" : [1, 2 ] , "b":"x\"y"  }  )";
    JsonScanner scanner;
    ASSERT_TRUE(scanner.index(text));
    JsonCursor cursor(text, scanner);
    std::vector<std::string> seen;
    const bool whole = cursor.walk_object([&](Span key) {
        Span value;
        if (!cursor.skip_value(value))
            return false;
        seen.emplace_back(key.of(text));
        seen.emplace_back(value.of(text));
        return true;
    });
    EXPECT_TRUE(whole);
    EXPECT_EQ(seen, (std::vector<std::string>{R"("a")", "[1, 2 ]", R"("b")", R"("x\"y")"}));
}

}  // namespace
}  // namespace agenthub::mcp
