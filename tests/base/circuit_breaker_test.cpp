// Tests of CircuitBreaker: what opens it, what closes it, and that a probe's place is never lost.

#include "base/circuit_breaker.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace agenthub {
namespace {

using namespace std::chrono_literals;
using Ticket = CircuitBreaker::Ticket;

struct CircuitBreakerTest : testing::Test {
    Ticket let_in() {
        const auto ticket = breaker.admit(now);
        EXPECT_TRUE(ticket.has_value());
        return ticket.value_or(Ticket());
    }
    bool settle(const Ticket& ticket, CallOutcome outcome) { return breaker.settle(ticket, outcome, now, unix_ms); }
    bool call(CallOutcome outcome) { return settle(let_in(), outcome); }
    void open() {
        for (int i = 0; i < 3; ++i)
            call(CallOutcome::failed);
        ASSERT_EQ(state(), BreakerState::open);
    }
    BreakerState state() const { return breaker.snapshot(now).state; }

    TimePoint now{1000h};
    std::int64_t unix_ms = 1'000;
    CircuitBreaker breaker{BreakerLimits()};
};

TEST_F(CircuitBreakerTest, opens_at_the_threshold_and_not_one_before) {
    EXPECT_FALSE(call(CallOutcome::failed));
    EXPECT_FALSE(call(CallOutcome::failed));
    EXPECT_EQ(state(), BreakerState::closed);
    EXPECT_TRUE(call(CallOutcome::failed)) << "says that this opened it";
    EXPECT_EQ(state(), BreakerState::open);
    EXPECT_FALSE(breaker.admit(now));
}

TEST_F(CircuitBreakerTest, counts_failures_in_a_row_only) {
    for (int i = 0; i < 100; ++i) {
        call(CallOutcome::failed);
        call(CallOutcome::died);
        call(CallOutcome::answered);
    }
    EXPECT_EQ(state(), BreakerState::closed);
    EXPECT_EQ(breaker.snapshot(now).failure_count, 0U);
    EXPECT_EQ(breaker.snapshot(now).total_failures, 200U);
}

TEST_F(CircuitBreakerTest, takes_no_notice_of_calls_that_say_nothing_of_the_server) {
    call(CallOutcome::failed);
    call(CallOutcome::failed);
    for (int i = 0; i < 10; ++i)
        call(CallOutcome::unknown);
    EXPECT_EQ(state(), BreakerState::closed);
    EXPECT_EQ(breaker.snapshot(now).failure_count, 2U) << "a cancelled call is no success either";
    EXPECT_EQ(breaker.snapshot(now).total_failures, 2U);
}

TEST_F(CircuitBreakerTest, counts_one_death_once_however_many_calls_it_fails) {
    std::vector<Ticket> calls;
    for (int i = 0; i < 50; ++i)
        calls.push_back(let_in());
    for (const Ticket& ticket : calls)
        settle(ticket, CallOutcome::died);
    EXPECT_EQ(state(), BreakerState::closed);
    EXPECT_EQ(breaker.snapshot(now).failure_count, 1U);
    EXPECT_EQ(breaker.snapshot(now).total_failures, 50U);
    call(CallOutcome::died);
    EXPECT_EQ(state(), BreakerState::closed);
    call(CallOutcome::died);
    EXPECT_EQ(state(), BreakerState::open) << "the third death";
}

TEST_F(CircuitBreakerTest, counts_each_timeout_also_of_calls_under_way_together) {
    const Ticket first = let_in();
    const Ticket second = let_in();
    const Ticket third = let_in();
    settle(first, CallOutcome::failed);
    settle(second, CallOutcome::failed);
    EXPECT_TRUE(settle(third, CallOutcome::failed));
}

TEST_F(CircuitBreakerTest, refuses_until_the_very_end_of_the_recovery_and_says_how_long) {
    open();
    EXPECT_EQ(breaker.refusal(now), 30s);
    now += 30s - 1ns;
    EXPECT_EQ(breaker.refusal(now), 1ms) << "rounded up";
    EXPECT_FALSE(breaker.admit(now));
    now += 1ns;
    EXPECT_EQ(breaker.refusal(now), std::nullopt);
    EXPECT_EQ(state(), BreakerState::half_open) << "for who looks, too";
    EXPECT_TRUE(let_in().probe);
}

TEST_F(CircuitBreakerTest, lets_one_probe_through_at_a_time) {
    open();
    now += 30s;
    let_in();
    EXPECT_FALSE(breaker.admit(now));
    EXPECT_EQ(breaker.refusal(now), CircuitBreaker::kProbeWait);
    now += 1h;
    EXPECT_FALSE(breaker.admit(now));
}

TEST_F(CircuitBreakerTest, closes_when_the_probe_is_answered) {
    open();
    now += 30s;
    call(CallOutcome::answered);
    EXPECT_EQ(state(), BreakerState::closed);
    EXPECT_FALSE(call(CallOutcome::failed));
    EXPECT_FALSE(call(CallOutcome::failed)) << "counts from the beginning";
    EXPECT_TRUE(call(CallOutcome::failed));
}

TEST_F(CircuitBreakerTest, opens_again_for_a_whole_recovery_when_the_probe_fails) {
    open();
    for (const CallOutcome outcome : {CallOutcome::failed, CallOutcome::died}) {
        now += 30s;
        EXPECT_TRUE(call(outcome));
        EXPECT_EQ(breaker.refusal(now), 30s);
    }
    EXPECT_EQ(breaker.snapshot(now).times_opened, 3U);
}

TEST_F(CircuitBreakerTest, gives_the_place_of_a_probe_that_told_nothing_to_the_next_call) {
    open();
    now += 30s;
    for (int i = 0; i < 10; ++i) {
        const Ticket probe = let_in();
        EXPECT_TRUE(probe.probe);
        settle(probe, CallOutcome::unknown);
        EXPECT_EQ(state(), BreakerState::half_open);
    }
    call(CallOutcome::answered);
    EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(CircuitBreakerTest, is_not_moved_by_calls_from_before_it_opened) {
    std::vector<Ticket> old;
    for (int i = 0; i < 9; ++i)
        old.push_back(let_in());
    open();
    settle(old[0], CallOutcome::answered);
    settle(old[1], CallOutcome::failed);
    settle(old[2], CallOutcome::died);
    EXPECT_EQ(breaker.refusal(now), 30s);
    now += 30s;
    const Ticket probe = let_in();
    settle(old[3], CallOutcome::answered);
    settle(old[4], CallOutcome::failed);
    EXPECT_EQ(state(), BreakerState::half_open);
    EXPECT_FALSE(breaker.admit(now)) << "the probe is still under way";
    settle(probe, CallOutcome::answered);
    EXPECT_EQ(state(), BreakerState::closed);
    EXPECT_EQ(breaker.snapshot(now).times_opened, 1U);
}

TEST_F(CircuitBreakerTest, reset_closes_it_from_every_state) {
    breaker.reset();
    EXPECT_EQ(state(), BreakerState::closed);
    open();
    breaker.reset();
    EXPECT_EQ(state(), BreakerState::closed);
    EXPECT_FALSE(let_in().probe);
    open();
    now += 30s;
    const Ticket probe = let_in();
    breaker.reset();
    EXPECT_FALSE(let_in().probe);
    settle(probe, CallOutcome::failed);
    EXPECT_EQ(state(), BreakerState::closed) << "that probe was of the time before";
}

TEST_F(CircuitBreakerTest, calls_from_before_a_reset_count_in_the_totals_only) {
    std::vector<Ticket> old;
    for (int i = 0; i < 10; ++i)
        old.push_back(let_in());
    breaker.reset();
    for (const Ticket& ticket : old)
        settle(ticket, CallOutcome::failed);
    EXPECT_EQ(state(), BreakerState::closed);
    EXPECT_EQ(breaker.snapshot(now).failure_count, 0U);
    EXPECT_EQ(breaker.snapshot(now).total_failures, 10U);
}

TEST_F(CircuitBreakerTest, a_threshold_of_one_opens_at_once_and_of_zero_never) {
    breaker = CircuitBreaker(BreakerLimits{1, 5s});
    EXPECT_TRUE(call(CallOutcome::died));
    EXPECT_EQ(breaker.refusal(now), 5s);
    breaker = CircuitBreaker(BreakerLimits{0, 5s});
    for (int i = 0; i < 1000; ++i)
        EXPECT_FALSE(call(CallOutcome::failed));
}

TEST_F(CircuitBreakerTest, tells_what_it_has_seen) {
    call(CallOutcome::answered);
    unix_ms = 2'000;
    call(CallOutcome::answered);
    BreakerSnapshot seen = breaker.snapshot(now);
    EXPECT_EQ(seen.success_count, 2U);
    EXPECT_EQ(seen.last_success_ms, 2'000);
    EXPECT_EQ(seen.last_failure_ms, 0);
    unix_ms = 3'000;
    open();
    seen = breaker.snapshot(now);
    EXPECT_EQ(seen.failure_count, 3U);
    EXPECT_EQ(seen.success_count, 0U);
    EXPECT_EQ(seen.total_successes, 2U);
    EXPECT_EQ(seen.last_failure_ms, 3'000);
    EXPECT_EQ(seen.times_opened, 1U);
    breaker.reset();
    seen = breaker.snapshot(now);
    EXPECT_EQ(seen.failure_count, 0U);
    EXPECT_EQ(seen.total_failures, 3U) << "what happened has happened";
}

TEST_F(CircuitBreakerTest, a_call_that_may_not_be_the_probe_neither_closes_it_nor_keeps_others_out) {
    open();
    EXPECT_FALSE(breaker.admit(now, false)) << "before the recovery it is refused as any other";
    now += 1h;
    const auto long_call = breaker.admit(now, false);
    ASSERT_TRUE(long_call);
    EXPECT_FALSE(long_call->probe);
    const Ticket probe = let_in();
    EXPECT_TRUE(probe.probe);
    EXPECT_FALSE(breaker.admit(now, false)) << "while the probe is under way";
    settle(*long_call, CallOutcome::answered);
    EXPECT_EQ(state(), BreakerState::half_open);
    settle(probe, CallOutcome::answered);
    EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(CircuitBreakerTest, states_have_the_prototypes_names) {
    EXPECT_EQ(to_string(BreakerState::closed), "closed");
    EXPECT_EQ(to_string(BreakerState::open), "open");
    EXPECT_EQ(to_string(BreakerState::half_open), "half_open");
}

}  // namespace
}  // namespace agenthub
