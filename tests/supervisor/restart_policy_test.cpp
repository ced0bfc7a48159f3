// Tests of RestartPolicy: back-off, jitter, budget, healing.

#include "supervisor/restart_policy.hpp"

#include <gtest/gtest.h>

using namespace agenthub;
using namespace std::chrono_literals;

namespace {

constexpr double kMiddle = 0.5;  // no jitter
const TimePoint kStart{1000h};

RestartLimits limits(std::uint32_t max_restarts) {
    RestartLimits out;
    out.max_restarts = max_restarts;
    return out;
}

TEST(RestartPolicy, delays_double_up_to_the_longest) {
    RestartPolicy policy(limits(100));
    for (const auto expected : {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 16000ms, 32000ms, 60000ms, 60000ms})
        EXPECT_EQ(policy.after_failure(kStart, std::nullopt, kMiddle), expected);
}

TEST(RestartPolicy, delays_stay_the_longest_after_very_many_failures) {
    RestartPolicy policy(limits(2000));
    for (int i = 0; i < 1999; ++i)
        policy.after_failure(kStart, std::nullopt, kMiddle);
    EXPECT_EQ(policy.after_failure(kStart, std::nullopt, kMiddle), 60s);
}

TEST(RestartPolicy, jitter_is_a_fifth_to_either_side) {
    RestartPolicy low(limits(3));
    RestartPolicy high(limits(3));
    EXPECT_EQ(low.after_failure(kStart, std::nullopt, 0.0), 400ms);
    EXPECT_EQ(high.after_failure(kStart, std::nullopt, 0.999999), 600ms);
}

TEST(RestartPolicy, jitter_never_exceeds_the_longest_delay) {
    RestartPolicy policy(limits(100));
    for (int i = 0; i < 20; ++i)
        EXPECT_LE(policy.after_failure(kStart, std::nullopt, 0.999999), 60s);
}

TEST(RestartPolicy, budget_allows_exactly_max_restarts) {
    RestartPolicy policy(limits(3));
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(policy.after_failure(kStart + i * 10s, std::nullopt, kMiddle));
    EXPECT_EQ(policy.after_failure(kStart + 40s, std::nullopt, kMiddle), std::nullopt);
    EXPECT_EQ(policy.cool_down(kMiddle), 4s);
}

TEST(RestartPolicy, zero_max_restarts_never_restarts) {
    RestartPolicy policy(limits(0));
    EXPECT_EQ(policy.after_failure(kStart, std::nullopt, kMiddle), std::nullopt);
    EXPECT_EQ(policy.cool_down(kMiddle), 500ms);
}

TEST(RestartPolicy, a_restart_leaves_the_budget_when_it_is_older_than_the_window) {
    RestartPolicy policy(limits(1));
    EXPECT_TRUE(policy.after_failure(kStart, std::nullopt, kMiddle));
    EXPECT_FALSE(policy.after_failure(kStart + 10min, std::nullopt, kMiddle));  // exactly as old as the window
    EXPECT_TRUE(policy.after_failure(kStart + 10min + 1ms, std::nullopt, kMiddle));
}

TEST(RestartPolicy, stable_uptime_heals_budget_and_delay) {
    RestartPolicy policy(limits(2));
    EXPECT_TRUE(policy.after_failure(kStart, std::nullopt, kMiddle));
    EXPECT_TRUE(policy.after_failure(kStart + 1s, std::nullopt, kMiddle));
    EXPECT_EQ(policy.after_failure(kStart + 70s, kStart + 10s, kMiddle), 500ms);  // up for exactly 60 s
}

TEST(RestartPolicy, uptime_just_short_of_stable_heals_nothing) {
    RestartPolicy policy(limits(2));
    EXPECT_TRUE(policy.after_failure(kStart, std::nullopt, kMiddle));
    EXPECT_TRUE(policy.after_failure(kStart + 1s, std::nullopt, kMiddle));
    EXPECT_FALSE(policy.after_failure(kStart + 70s, kStart + 10s + 1ms, kMiddle));
}

TEST(RestartPolicy, reset_forgets_everything) {
    RestartPolicy policy(limits(1));
    EXPECT_TRUE(policy.after_failure(kStart, std::nullopt, kMiddle));
    EXPECT_FALSE(policy.after_failure(kStart, std::nullopt, kMiddle));
    policy.reset();
    EXPECT_EQ(policy.after_failure(kStart, std::nullopt, kMiddle), 500ms);
}

TEST(RestartPolicy, noted_failures_lengthen_the_cool_down_and_spend_no_budget) {
    RestartPolicy policy(limits(1));
    policy.note_failure(kStart, std::nullopt);
    EXPECT_EQ(policy.cool_down(kMiddle), 500ms);
    policy.note_failure(kStart, std::nullopt);
    EXPECT_EQ(policy.cool_down(kMiddle), 1s);
    EXPECT_EQ(policy.after_failure(kStart, std::nullopt, kMiddle), 2s);
}

}  // namespace
