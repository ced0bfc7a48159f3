#include "mcp/json_scan.hpp"

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

TEST(JsonScan, takes_every_kind_of_value) {
    for (const char* text :
         {"{}", "[]", "null", "true", "-0", "1.0", "1e400", "123456789012345678901234567890", R"("\u00e9\n\/")",
          R"({"a":[1,{"b":[]},"x"],"a":2})", " [ 1 , 2 ] ", R"(["\ud800"])", R"({"k":{"k":{"k":[[[{}]]]}}})"})
        EXPECT_TRUE(is_json(text)) << text;
}

TEST(JsonScan, refuses_what_the_grammar_forbids) {
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

TEST(JsonScan, refuses_a_zero_byte_anywhere) {
    EXPECT_FALSE(is_json(std::string_view("[1\0]", 4)));
    EXPECT_FALSE(is_json(std::string_view("\"a\0\"", 4)));
}

TEST(JsonScan, depth_has_a_limit) {
    EXPECT_TRUE(is_json(nested(kMaxDepth)));
    EXPECT_FALSE(is_json(nested(kMaxDepth + 1)));
    EXPECT_FALSE(is_json(nested(1'000'000)));
}

TEST(JsonScan, spans_are_exact) {
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

TEST(JsonScan, one_scanner_serves_small_and_large_texts) {
    JsonScanner scanner;
    std::string large = "[\"";
    large.append(3 << 20, 'x');
    large += "\"]";
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(scanner.index(large));
        ASSERT_TRUE(scanner.index("[1]"));
        scanner.shrink();
    }
    ASSERT_TRUE(scanner.index("[1,2]"));
    EXPECT_EQ(scanner.count(), 5U);
}

}  // namespace
}  // namespace agenthub::mcp
