#include "bridge/line_framer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace agenthub {
namespace {

using Lines = std::vector<std::string>;

// What is ready, in order; a dropped line shows as "dropped SIZE".
void drain(LineFramer& framer, Lines& out) {
    std::string_view line;
    LineFramer::Oversize dropped;
    for (;;) {
        if (framer.next(line))
            out.emplace_back(line);
        else if (framer.take_oversize(dropped))
            out.push_back("dropped " + std::to_string(dropped.bytes));
        else
            return;
    }
}

void put(LineFramer& framer, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto space = framer.space();
        ASSERT_FALSE(space.empty());
        const std::size_t n = std::min(space.size(), bytes.size());
        std::memcpy(space.data(), bytes.data(), n);
        framer.commit(n);
        bytes.remove_prefix(n);
    }
}

// The lines of `bytes` when they come in pieces of `step` bytes.
Lines lines_of(LineFramer& framer, std::string_view bytes, std::size_t step) {
    Lines out;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        put(framer, bytes.substr(at, step));
        drain(framer, out);
    }
    return out;
}

Lines lines_of(std::size_t limit, std::string_view bytes, std::size_t step) {
    LineFramer framer(limit);
    return lines_of(framer, bytes, step);
}

TEST(LineFramer, lines_are_the_same_wherever_the_stream_is_split) {
    const std::string text = "one\ntwo\r\n\n\r\n\r\r\nth\rree\n {\"a\": 1} \nunfinished";
    const Lines expected{"one", "two", "\r", "th\rree", " {\"a\": 1} "};
    for (std::size_t split = 0; split <= text.size(); ++split) {
        LineFramer framer(100);
        Lines got;
        put(framer, std::string_view(text).substr(0, split));
        drain(framer, got);
        put(framer, std::string_view(text).substr(split));
        drain(framer, got);
        EXPECT_EQ(got, expected) << "split at " << split;
    }
    for (const std::size_t step : {1U, 2U, 3U, 7U})
        EXPECT_EQ(lines_of(100, text, step), expected) << "in pieces of " << step;
}

TEST(LineFramer, an_unfinished_line_waits_for_its_end) {
    LineFramer framer(100);
    EXPECT_EQ(lines_of(framer, "abc", 3), Lines{});
    EXPECT_EQ(lines_of(framer, "def\r", 4), Lines{});
    EXPECT_EQ(lines_of(framer, "\ng\n", 3), (Lines{"abcdef", "g"}));
}

TEST(LineFramer, limit_does_not_count_the_line_end) {
    const std::string ten(10, 'x');
    const std::string eleven(11, 'x');
    for (const std::size_t step : {1U, 4U, 100U}) {
        EXPECT_EQ(lines_of(10, ten + "\n" + ten + "\r\na\n", step), (Lines{ten, ten, "a"})) << step;
        EXPECT_EQ(lines_of(10, eleven + "\nb\n", step), (Lines{"dropped 11", "b"})) << step;
        EXPECT_EQ(lines_of(10, ten + "\rx\nc\n", step), (Lines{"dropped 12", "c"})) << step;
    }
    // A dropped line's size includes a carriage return: it is told before the line's end is known.
    EXPECT_EQ(lines_of(10, eleven + "\r\nd\n", 1), (Lines{"dropped 12", "d"}));
    EXPECT_EQ(lines_of(10, eleven + "\r\nd\n", 100), (Lines{"dropped 12", "d"}));
}

TEST(LineFramer, every_dropped_line_is_reported_in_its_place) {
    const std::string big(50, 'x');
    const std::string text = "a\n" + big + "1\n" + big + "12\nb\n" + big + "123\n" + big + "no end";
    for (const std::size_t step : {1U, 13U, 1000U})
        EXPECT_EQ(lines_of(10, text, step), (Lines{"a", "dropped 51", "dropped 52", "b", "dropped 53"})) << step;
}

TEST(LineFramer, a_dropped_line_keeps_its_two_ends) {
    std::string text = "HEAD";
    for (int i = 0; i < 10'000; ++i)
        text += std::to_string(i);
    text += "TAIL";
    for (const std::size_t step : {1UL, 1000UL, 1'000'000UL}) {
        LineFramer framer(100);
        std::string_view line;
        LineFramer::Oversize dropped;
        put(framer, "\n");
        for (std::size_t at = 0; at < text.size(); at += step) {
            put(framer, std::string_view(text).substr(at, step));
            EXPECT_FALSE(framer.next(line));
            EXPECT_FALSE(framer.take_oversize(dropped));
        }
        put(framer, "\n");
        EXPECT_FALSE(framer.next(line));
        ASSERT_TRUE(framer.take_oversize(dropped));
        EXPECT_EQ(dropped.bytes, text.size());
        EXPECT_GE(dropped.head.size(), 256U);
        EXPECT_GE(dropped.tail.size(), 256U);
        EXPECT_LE(dropped.head.size() + dropped.tail.size(), 4096U);
        EXPECT_TRUE(text.starts_with(dropped.head));
        EXPECT_TRUE(text.ends_with(dropped.tail));
        EXPECT_FALSE(framer.take_oversize(dropped)) << "reported twice";
    }
}

TEST(LineFramer, gives_the_memory_of_a_large_line_back) {
    const std::size_t idle = [] {
        LineFramer framer(100);
        framer.space();
        return framer.capacity();
    }();
    for (const std::string rest : {"", "the next line has begun"}) {
        LineFramer framer(8 << 20);
        const std::string large(5 << 20, 'x');
        EXPECT_EQ(lines_of(framer, large + "\n" + rest, 64 * 1024).size(), 1U);
        EXPECT_FALSE(framer.space().empty());
        EXPECT_LE(framer.capacity(), idle) << "with a rest of " << rest.size();
        EXPECT_EQ(lines_of(framer, "\nend\n", 5).back(), "end");
    }
}

TEST(LineFramer, holds_no_more_than_one_line_and_one_read) {
    const std::size_t limit = (1 << 20) + 10;
    LineFramer framer(limit);
    const std::string endless(4 << 20, 'x');
    std::size_t most = 0;
    std::string_view line;
    for (std::size_t at = 0; at < endless.size(); at += 32 * 1024) {
        put(framer, std::string_view(endless).substr(at, 32 * 1024));
        EXPECT_FALSE(framer.next(line));
        most = std::max(most, framer.capacity());
    }
    EXPECT_LE(most, limit + 64 * 1024);
}

TEST(LineFramer, there_is_always_space_also_for_who_reads_before_taking_lines) {
    LineFramer framer(10);
    const std::string text(300 * 1024, 'x');
    put(framer, "a\n" + text + "\nb\n");
    Lines got;
    drain(framer, got);
    EXPECT_EQ(got, (Lines{"a", "dropped " + std::to_string(text.size()), "b"}));
}

}  // namespace
}  // namespace agenthub
