#include "gateway/replay_log.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

TEST(ReplayLog, gives_back_what_followed_a_position) {
    ReplayLog log(100);
    EXPECT_EQ(log.after(0), "");
    EXPECT_EQ(log.after(1), std::nullopt) << "there was no such event";
    log.append("one");
    log.append("two");
    log.append("three");
    EXPECT_EQ(log.end(), 3u);
    EXPECT_EQ(log.after(0), "onetwothree");
    EXPECT_EQ(log.after(1), "twothree");
    EXPECT_EQ(log.after(2), "three");
    EXPECT_EQ(log.after(3), "");
    EXPECT_EQ(log.after(4), std::nullopt);
}

TEST(ReplayLog, keeps_what_fits_and_forgets_the_oldest_for_one_byte_more) {
    ReplayLog log(10);
    log.append("aaaa");
    log.append("bbbbbb");
    EXPECT_EQ(log.bytes(), 10u);
    EXPECT_EQ(log.after(0), "aaaabbbbbb");
    log.append("c");
    EXPECT_EQ(log.bytes(), 7u);
    EXPECT_EQ(log.after(0), std::nullopt) << "never a part of what was missed";
    EXPECT_EQ(log.after(1), "bbbbbbc");
    EXPECT_EQ(log.after(3), "");
}

TEST(ReplayLog, does_not_keep_what_is_larger_than_the_bound_unless_it_is_told_to) {
    ReplayLog log(10);
    log.append("aaaa");
    log.append("0123456789");
    EXPECT_EQ(log.after(1), "0123456789") << "just as large";
    log.append("0123456789x");
    EXPECT_EQ(log.bytes(), 0u);
    EXPECT_EQ(log.after(2), std::nullopt);
    EXPECT_EQ(log.after(3), "") << "who has it misses nothing";
    log.append("9876543210x", Oversize::keep);
    EXPECT_EQ(log.after(3), "9876543210x");
    log.append("b");
    EXPECT_EQ(log.after(3), std::nullopt);
    EXPECT_EQ(log.after(4), "b");
}

TEST(ReplayLog, keeps_nothing_with_a_bound_of_nothing) {
    ReplayLog log(0);
    log.append("a");
    EXPECT_EQ(log.after(0), std::nullopt);
    EXPECT_EQ(log.after(1), "");
}

TEST(ReplayLog, stays_within_its_bound_over_a_long_life) {
    ReplayLog log(1000);
    for (std::uint64_t i = 0; i < 100'000; ++i) {
        const std::string event = std::to_string(i) + ";";
        log.append(event);
        ASSERT_LE(log.bytes(), 1000u);
        ASSERT_EQ(log.after(i), event);
        ASSERT_EQ(log.end(), i + 1);
    }
    EXPECT_EQ(log.after(99'990)->substr(0, 12), "99990;99991;");
}

}  // namespace
}  // namespace agenthub
