// Tests of RestartPolicy: back-off, jitter, budget, healing.

#include "supervisor/restart_policy.hpp"

#include <gtest/gtest.h>

#include <iterator>

using namespace agenthub;
using namespace std::chrono_literals;

namespace {

constexpr double kMiddle = 0.5;  // no jitter
const TimePoint kStart{1000h};
constexpr FailureClass kCrash = FailureClass::crashed;

RestartLimits limits(std::uint32_t max_restarts) {
    RestartLimits out;
    out.max_restarts = max_restarts;
    return out;
}

TEST(RestartPolicy, delays_double_up_to_the_longest) {
    RestartPolicy policy(limits(100));
    for (const auto expected : {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 16000ms, 32000ms, 60000ms, 60000ms})
        EXPECT_EQ(policy.after_failure(kCrash, kStart, std::nullopt, kMiddle), expected);
}

TEST(RestartPolicy, delays_stay_the_longest_after_very_many_failures) {
    RestartPolicy policy(limits(2000));
    for (int i = 0; i < 1999; ++i)
        policy.after_failure(kCrash, kStart, std::nullopt, kMiddle);
    EXPECT_EQ(policy.after_failure(kCrash, kStart, std::nullopt, kMiddle), 60s);
}

TEST(RestartPolicy, jitter_is_a_fifth_to_either_side) {
    RestartPolicy low(limits(3));
    RestartPolicy high(limits(3));
    EXPECT_EQ(low.after_failure(kCrash, kStart, std::nullopt, 0.0), 400ms);
    EXPECT_EQ(high.after_failure(kCrash, kStart, std::nullopt, 0.999999), 600ms);
}

TEST(RestartPolicy, jitter_never_exceeds_the_longest_delay) {
    RestartPolicy policy(limits(100));
    for (int i = 0; i < 20; ++i)
        EXPECT_LE(policy.after_failure(kCrash, kStart, std::nullopt, 0.999999), 60s);
}

TEST(RestartPolicy, budget_allows_exactly_max_restarts) {
    RestartPolicy policy(limits(3));
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(policy.after_failure(kCrash, kStart + i * 10s, std::nullopt, kMiddle));
    EXPECT_EQ(policy.after_failure(kCrash, kStart + 40s, std::nullopt, kMiddle), std::nullopt);
    EXPECT_EQ(policy.cool_down(kCrash, kMiddle), 4s);
}

TEST(RestartPolicy, zero_max_restarts_never_restarts) {
    RestartPolicy policy(limits(0));
    EXPECT_EQ(policy.after_failure(kCrash, kStart, std::nullopt, kMiddle), std::nullopt);
    EXPECT_EQ(policy.cool_down(kCrash, kMiddle), 500ms);
}

TEST(RestartPolicy, a_restart_leaves_the_budget_when_it_is_older_than_the_window) {
    RestartPolicy policy(limits(1));
    EXPECT_TRUE(policy.after_failure(kCrash, kStart, std::nullopt, kMiddle));
    EXPECT_FALSE(policy.after_failure(kCrash, kStart + 10min, std::nullopt, kMiddle));  // exactly as old as the window
    EXPECT_TRUE(policy.after_failure(kCrash, kStart + 10min + 1ms, std::nullopt, kMiddle));
}

TEST(RestartPolicy, stable_uptime_heals_budget_and_delay) {
    RestartPolicy policy(limits(2));
    EXPECT_TRUE(policy.after_failure(kCrash, kStart, std::nullopt, kMiddle));
    EXPECT_TRUE(policy.after_failure(kCrash, kStart + 1s, std::nullopt, kMiddle));
    EXPECT_EQ(policy.after_failure(kCrash, kStart + 70s, kStart + 10s, kMiddle), 500ms);  // up for exactly 60 s
}

TEST(RestartPolicy, uptime_just_short_of_stable_heals_nothing) {
    RestartPolicy policy(limits(2));
    EXPECT_TRUE(policy.after_failure(kCrash, kStart, std::nullopt, kMiddle));
    EXPECT_TRUE(policy.after_failure(kCrash, kStart + 1s, std::nullopt, kMiddle));
    EXPECT_FALSE(policy.after_failure(kCrash, kStart + 70s, kStart + 10s + 1ms, kMiddle));
}

TEST(RestartPolicy, reset_forgets_everything) {
    RestartPolicy policy(limits(1));
    EXPECT_TRUE(policy.after_failure(kCrash, kStart, std::nullopt, kMiddle));
    EXPECT_FALSE(policy.after_failure(kCrash, kStart, std::nullopt, kMiddle));
    policy.reset();
    EXPECT_EQ(policy.after_failure(kCrash, kStart, std::nullopt, kMiddle), 500ms);
}

TEST(RestartPolicy, noted_failures_lengthen_the_cool_down_and_spend_no_budget) {
    RestartPolicy policy(limits(1));
    policy.note_failure(kStart, std::nullopt);
    EXPECT_EQ(policy.cool_down(kCrash, kMiddle), 500ms);
    policy.note_failure(kStart, std::nullopt);
    EXPECT_EQ(policy.cool_down(kCrash, kMiddle), 1s);
    EXPECT_EQ(policy.after_failure(kCrash, kStart, std::nullopt, kMiddle), 2s);
}

struct ClassRow {
    FailureClass kind;
    errc code;
    std::optional<Duration> first, second;  // nullopt: not by itself
    Duration cool_down;
    bool budgeted;
};

constexpr ClassRow kClasses[] = {
    {FailureClass::exec_failed, errc::start_failed, std::nullopt, std::nullopt, 500ms, false},
    {FailureClass::no_resources, errc::busy, 500ms, 1s, 500ms, false},
    {FailureClass::handshake_exited, errc::start_exited, 500ms, 1s, 500ms, true},
    {FailureClass::handshake_refused, errc::start_refused, 2200ms, 4s, 2200ms, true},
    {FailureClass::handshake_timeout, errc::start_timeout, 2200ms, 4s, 2200ms, true},
    {FailureClass::crashed, errc::server_exited, 500ms, 1s, 500ms, true},
    {FailureClass::unhealthy, errc::server_unhealthy, 0ms, 1s, 0ms, true},
    {FailureClass::out_of_memory, errc::server_out_of_memory, 5500ms, 10s, 5500ms, true},
};

TEST(RestartPolicy, follows_the_table_of_classes) {
    ASSERT_EQ(std::size(kClasses), static_cast<std::size_t>(FailureClass::out_of_memory) + 1)
        << "a class without a row";
    for (const ClassRow& row : kClasses) {
        const auto code = code_of(row.code);
        EXPECT_EQ(policy_of(row.kind).code, row.code) << code;
        RestartPolicy policy(limits(10));
        EXPECT_EQ(policy.after_failure(row.kind, kStart, std::nullopt, kMiddle), row.first) << code;
        EXPECT_EQ(policy.cool_down(row.kind, kMiddle), row.cool_down) << code;
        EXPECT_EQ(policy.after_failure(row.kind, kStart, std::nullopt, kMiddle), row.second) << code;
        RestartPolicy spent(limits(0));
        const bool tried = spent.after_failure(row.kind, kStart, std::nullopt, kMiddle).has_value();
        EXPECT_EQ(tried, row.first.has_value() && !row.budgeted) << code << " with no restart left";
    }
}

TEST(RestartPolicy, every_class_has_a_code_of_its_own) {
    for (const ClassRow& row : kClasses)
        for (const ClassRow& other : kClasses)
            EXPECT_EQ(row.code == other.code, row.kind == other.kind);
}

TEST(RestartPolicy, jitter_never_shortens_the_first_delay_of_a_class) {
    for (const double random : {0.0, 0.25, 0.5, 0.999999}) {
        RestartPolicy policy(limits(3));
        const auto delay = policy.after_failure(FailureClass::out_of_memory, kStart, std::nullopt, random);
        EXPECT_GE(delay, 5s) << random;
        EXPECT_LE(delay, 6s) << random;
    }
}

TEST(RestartPolicy, the_longest_delay_holds_for_every_class) {
    RestartPolicy policy(limits(100));
    for (int i = 0; i < 20; ++i)
        for (const ClassRow& row : kClasses)
            EXPECT_LE(policy.after_failure(row.kind, kStart, std::nullopt, 0.999999).value_or(0s), 60s);
}

TEST(RestartPolicy, failures_of_different_classes_lengthen_one_back_off) {
    RestartPolicy policy(limits(10));
    EXPECT_EQ(policy.after_failure(FailureClass::unhealthy, kStart, std::nullopt, kMiddle), 0s);
    EXPECT_EQ(policy.after_failure(kCrash, kStart, std::nullopt, kMiddle), 1s);
    EXPECT_EQ(policy.after_failure(FailureClass::unhealthy, kStart, std::nullopt, kMiddle), 2s);
}

TEST(RestartPolicy, a_machine_without_resources_leaves_the_budget_alone) {
    RestartPolicy policy(limits(1));
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(policy.after_failure(FailureClass::no_resources, kStart, std::nullopt, kMiddle)) << i;
    EXPECT_TRUE(policy.after_failure(kCrash, kStart, std::nullopt, kMiddle));
    EXPECT_FALSE(policy.after_failure(kCrash, kStart, std::nullopt, kMiddle));
}

}  // namespace
