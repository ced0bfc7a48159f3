#include "base/text_search.hpp"

#include <gtest/gtest.h>

#include <random>

namespace agenthub {
namespace {

std::vector<TextRange> found(const std::vector<std::string>& patterns, std::string_view text) {
    std::vector<TextRange> out;
    TextSearch(patterns).find(text, out);
    return out;
}

// What it must be the same as.
std::vector<TextRange> found_slowly(const std::vector<std::string>& patterns, std::string_view text) {
    std::vector<TextRange> out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::size_t longest = 0;
        for (const std::string& pattern : patterns)
            if (text.substr(at).starts_with(pattern))
                longest = std::max(longest, pattern.size());
        if (longest != 0)
            out.push_back({at, at + longest});
    }
    return out;
}

TEST(TextSearch, finds_each_occurrence_and_the_longest_of_those_that_begin_together) {
    EXPECT_EQ(found({"abc"}, "abcabxabc"), (std::vector<TextRange>{{0, 3}, {6, 9}}));
    EXPECT_EQ(found({"abc", "abcdef", "bcd"}, "xabcdef"), (std::vector<TextRange>{{1, 7}, {2, 5}}));
    EXPECT_EQ(found({"aaa"}, "aaaaa"), (std::vector<TextRange>{{0, 3}, {1, 4}, {2, 5}}));
}

TEST(TextSearch, finds_nothing_in_nothing_and_with_nothing) {
    EXPECT_TRUE(found({"abc"}, "").empty());
    EXPECT_TRUE(found({"abc"}, "ab").empty());
    EXPECT_TRUE(found({}, "abc").empty());
    EXPECT_TRUE(found({"ab", ""}, "ab").empty()) << "shorter than kShortest";
    EXPECT_TRUE(TextSearch({"ab"}).empty());
    EXPECT_EQ(found({"ab", "abc"}, "abc").size(), 1U);
}

TEST(TextSearch, takes_any_bytes) {
    const std::string pattern("\0\xFF\x80", 3);
    EXPECT_EQ(found({pattern}, "a" + pattern), (std::vector<TextRange>{{1, 4}}));
}

TEST(TextSearch, long_patterns_are_compared_to_their_end) {
    const std::string pattern = std::string(100, 'p') + "q";
    EXPECT_EQ(found({pattern}, pattern + "r"), (std::vector<TextRange>{{0, 101}}));
    EXPECT_TRUE(found({pattern}, std::string(100, 'p') + "r").empty());
}

TEST(TextSearch, is_the_same_as_looking_everywhere) {
    std::mt19937 random(7);
    const auto text_of = [&random](std::size_t size) {
        std::string out;
        for (std::size_t i = 0; i < size; ++i)
            out += static_cast<char>('a' + random() % 3);
        return out;
    };
    for (int round = 0; round < 300; ++round) {
        std::vector<std::string> patterns;
        for (std::size_t i = 0; i < 1 + random() % 20; ++i)
            patterns.push_back(text_of(3 + random() % 8));
        const std::string text = text_of(200);
        ASSERT_EQ(found(patterns, text), found_slowly(patterns, text)) << text;
    }
}

}  // namespace
}  // namespace agenthub
