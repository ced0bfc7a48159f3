#include "audit/event_window.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

const TimePoint kStart{std::chrono::hours(1000)};

TEST(EventWindow, counts_what_is_within_both_ends_included) {
    EventWindow window(minutes(5), 10, 10);
    EXPECT_EQ(window.add("a", kStart), 1U);
    EXPECT_EQ(window.add("a", kStart + minutes(5)), 2U);
    EXPECT_EQ(window.add("a", kStart + minutes(5) + milliseconds(1)), 2U);
    EXPECT_EQ(window.add("b", kStart), 1U);
}

TEST(EventWindow, begins_anew_when_told) {
    EventWindow window(minutes(5), 10, 10);
    window.add("a", kStart);
    window.forget("a");
    EXPECT_EQ(window.add("a", kStart), 1U);
}

TEST(EventWindow, keeps_the_newest_events_and_the_liveliest_keys) {
    EventWindow window(minutes(5), 2, 3);
    for (int i = 0; i < 10; ++i)
        window.add("a", kStart + milliseconds(i));
    EXPECT_EQ(window.add("a", kStart + milliseconds(10)), 3U);
    window.add("b", kStart + milliseconds(11));
    EXPECT_EQ(window.keys(), 2U);
    window.add("c", kStart + milliseconds(12));
    EXPECT_EQ(window.keys(), 2U);
    EXPECT_EQ(window.add("b", kStart + milliseconds(13)), 2U);
    EXPECT_EQ(window.add("a", kStart + milliseconds(14)), 1U);
}

}  // namespace
}  // namespace agenthub
