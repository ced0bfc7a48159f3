// Tests of CallTime: the two limits of a call.

#include "bridge/call_time.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{1000h};

TEST(CallTime, without_progress_call_timeout_ends_a_call) {
    const CallTime time(60s, 1h, kStart);
    EXPECT_EQ(time.deadline().at(), kStart + 60s);
    EXPECT_EQ(time.limit(), "call_timeout");
}

TEST(CallTime, progress_restarts_call_timeout) {
    CallTime time(60s, 1h, kStart);
    EXPECT_EQ(time.progressed(kStart + 59s).at(), kStart + 119s);
    EXPECT_EQ(time.progressed(kStart + 100s).at(), kStart + 160s);
    EXPECT_EQ(time.deadline().at(), kStart + 160s);
    EXPECT_EQ(time.limit(), "call_timeout");
}

TEST(CallTime, max_call_time_ends_a_call_whatever_progress_there_is) {
    CallTime time(60s, 100s, kStart);
    EXPECT_EQ(time.progressed(kStart + 39s).at(), kStart + 99s);
    EXPECT_EQ(time.limit(), "call_timeout") << "just before max_call_time";
    EXPECT_EQ(time.progressed(kStart + 40s).at(), kStart + 100s);
    EXPECT_EQ(time.progressed(kStart + 99s).at(), kStart + 100s);
    EXPECT_EQ(time.limit(), "max_call_time");
}

TEST(CallTime, a_max_call_time_of_zero_is_none) {
    CallTime time(60s, 0s, kStart);
    for (int i = 1; i <= 1000; ++i)
        time.progressed(kStart + i * 59s);
    EXPECT_EQ(time.deadline().at(), kStart + 1000 * 59s + 60s);
    EXPECT_EQ(time.limit(), "call_timeout");
}

TEST(CallTime, equal_limits_are_call_timeout_until_there_is_progress) {
    CallTime time(60s, 60s, kStart);
    EXPECT_EQ(time.limit(), "call_timeout");
    EXPECT_EQ(time.progressed(kStart + 1s).at(), kStart + 60s);
    EXPECT_EQ(time.limit(), "max_call_time");
}

TEST(CallTime, a_fixed_deadline_is_not_moved_by_progress) {
    CallTime time{Deadline(kStart + 5s)};
    EXPECT_EQ(time.progressed(kStart + 4s).at(), kStart + 5s);
    EXPECT_EQ(time.limit(), "call_timeout");
    EXPECT_TRUE(CallTime().deadline().is_never());
}

TEST(CallTime, a_held_call_has_until_max_call_time_and_goes_on_as_after_progress) {
    CallTime time(60s, 100s, kStart);
    EXPECT_EQ(time.held().at(), kStart + 100s);
    EXPECT_EQ(time.limit(), "max_call_time");
    EXPECT_EQ(time.progressed(kStart + 30s).at(), kStart + 90s);
    EXPECT_EQ(time.limit(), "call_timeout");
    CallTime unbounded(60s, 0s, kStart);
    EXPECT_TRUE(unbounded.held().is_never());
    CallTime fixed{Deadline(kStart + 5s)};
    EXPECT_EQ(fixed.held().at(), kStart + 5s);
    EXPECT_EQ(fixed.limit(), "call_timeout");
}

}  // namespace
}  // namespace agenthub
