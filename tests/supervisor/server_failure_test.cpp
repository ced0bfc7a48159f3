// Tests of ServerMachine: crashes, failed starts, and what calls are told meanwhile.

#include "supervisor/server_state.hpp"

#include <gtest/gtest.h>

#include "tests/supervisor/server_driver.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;
using Kind = ServerAction::Kind;

TEST(ServerMachine, a_crash_answers_the_callers_and_restarts_after_the_back_off) {
    Driver d;
    running(d);
    d(kExit3, 10s);
    EXPECT_EQ(d.find(Kind::fail_pending)->error.code, errc::server_exited);
    EXPECT_EQ(d.machine.status().last_error_code, errc::server_exited);
    EXPECT_EQ(d.find(Kind::arm_retry)->delay, 500ms);
    EXPECT_EQ(d.state(), ServerState::starting);
    EXPECT_EQ(d.machine.status().pid, std::nullopt);
    EXPECT_EQ(d.machine.status().next_attempt_ms, d.now.unix_ms + 500);
    EXPECT_EQ(d.machine.status().last_error, "the server exited with code 3. Its last words: no such table");
    d(kCall, 100ms);
    EXPECT_FALSE(d.refusal()) << "a call waits for a restart that is near";
    d(RetryTimer{}, 400ms);
    EXPECT_TRUE(d.did(Kind::spawn));
    EXPECT_EQ(d.machine.status().restart_count, 1U);
    EXPECT_FALSE(d.machine.status().next_attempt_ms);
}

TEST(ServerMachine, a_retry_timer_that_comes_early_is_armed_again_for_the_rest) {
    Driver d;
    waiting(d);
    d(RetryTimer{}, 499ms);
    EXPECT_FALSE(d.did(Kind::spawn));
    EXPECT_EQ(d.find(Kind::arm_retry)->delay, 1ms);
    d(RetryTimer{}, 1ms);
    EXPECT_TRUE(d.did(Kind::spawn));
}

// Lets the server die in every handshake until it is not restarted any more.
int spawns_until_given_up(Driver& d) {
    int spawned = 1;
    d(kCall);
    for (;;) {
        d(Launched{42});
        d(kExit3);
        if (!d.did(Kind::arm_retry))
            return spawned;
        d(RetryTimer{}, d.find(Kind::arm_retry)->delay);
        spawned += d.did(Kind::spawn) ? 1 : 0;
    }
}

TEST(ServerMachine, restarts_stop_after_the_budget) {
    Driver d;
    EXPECT_EQ(spawns_until_given_up(d), 4) << "the start and max_restarts restarts";
    EXPECT_EQ(d.state(), ServerState::failed);
    EXPECT_EQ(d.machine.status().restart_count, 3U);
    EXPECT_EQ(d.find(Kind::fail_pending)->error.code, errc::start_exited);
    EXPECT_EQ(d.machine.status().reason,
              "given up after 3 automatic restarts: the server exited with code 3 before it had finished its start. "
              "Its last words: no such table");
}

TEST(ServerMachine, a_failed_server_refuses_calls_until_the_next_attempt_is_due) {
    Driver d;
    spawns_until_given_up(d);
    const auto due = *d.machine.status().next_attempt_ms - d.now.unix_ms;
    EXPECT_EQ(due, 4000);
    d(kCall, Duration(due - 1));
    EXPECT_EQ(d.refusal(), errc::start_failed);
    EXPECT_NE(d.last.refusal->message.find("(AH-205): the server exited with code 3"), std::string::npos);
    EXPECT_TRUE(d.last.actions.empty());
    d(kCall, 1ms);
    EXPECT_FALSE(d.refusal());
    EXPECT_TRUE(d.did(Kind::spawn));
    // The budget is still spent: one failure and it is given up again, for longer.
    d(Launched{43});
    d(kExit3);
    EXPECT_EQ(d.state(), ServerState::failed);
    EXPECT_EQ(*d.machine.status().next_attempt_ms - d.now.unix_ms, 8000);
}

TEST(ServerMachine, an_operators_start_works_in_failed_and_renews_the_budget) {
    Driver d;
    spawns_until_given_up(d);
    d(kOperator);
    EXPECT_FALSE(d.refusal());
    EXPECT_TRUE(d.did(Kind::spawn));
    EXPECT_EQ(d.machine.status().restart_count, 0U);
    d(Launched{43});
    d(kExit3);
    EXPECT_EQ(d.find(Kind::arm_retry)->delay, 500ms);
}

TEST(ServerMachine, stable_uptime_renews_the_budget) {
    ServerRules rules;
    rules.limits.max_restarts = 1;
    Driver d(rules);
    for (int i = 0; i < 5; ++i) {
        d(i == 0 ? kCall : RetryTimer{}, 500ms);
        d(Launched{42});
        d(HandshakeDone{});
        d(kExit3, 60s);
        ASSERT_TRUE(d.did(Kind::arm_retry)) << i;
    }
    EXPECT_EQ(d.machine.status().restart_count, 4U) << "counted for people, whatever the budget says";
}

TEST(ServerMachine, a_crash_without_restart_on_failure_ends_in_stopped_with_the_exit_code) {
    ServerRules rules;
    rules.restart_on_failure = false;
    Driver d(rules);
    running(d);
    d(kExit3, 10s);
    EXPECT_EQ(d.state(), ServerState::stopped);
    EXPECT_FALSE(d.did(Kind::arm_retry));
    EXPECT_NE(d.machine.status().last_error.find("code 3"), std::string::npos);
    EXPECT_FALSE(d.machine.status().pid);
    d(kCall, 499ms);
    EXPECT_EQ(d.refusal(), errc::start_failed) << "a crash at start must not become a spawn per call";
    d(kCall, 1ms);
    EXPECT_TRUE(d.did(Kind::spawn)) << "no operator stopped it";
}

TEST(ServerMachine, a_command_that_cannot_be_run_is_not_tried_again_by_itself) {
    Driver d;
    launching(d);
    d(LaunchFailed{Error(errc::start_failed, "cannot run 'npx'.")});
    EXPECT_EQ(d.state(), ServerState::failed);
    EXPECT_EQ(d.find(Kind::fail_pending)->error.message, "cannot run 'npx'.");
    EXPECT_EQ(d.machine.status().reason, "it cannot be started: cannot run 'npx'.");
    EXPECT_EQ(d.machine.status().next_attempt_ms, d.now.unix_ms + 500);
}

TEST(ServerMachine, a_machine_short_of_processes_is_tried_again) {
    Driver d;
    launching(d);
    d(LaunchFailed{Error(errc::busy, "no process.")});
    EXPECT_TRUE(d.did(Kind::arm_retry));
    EXPECT_EQ(d.state(), ServerState::starting);
}

TEST(ServerMachine, a_failed_handshake_is_killed_before_it_is_judged) {
    Driver d;
    handshaking(d);
    d(HandshakeFailed{kTimeout}, 60s);
    EXPECT_EQ(d.find(Kind::fail_pending)->error.code, errc::start_timeout);
    EXPECT_EQ(d.state(), ServerState::stopping);
    EXPECT_EQ(d.machine.status().pid, 42);
    d(kCall, 1ms);
    EXPECT_FALSE(d.refusal());
    d(ProcessExited{{ExitStatus::Kind::signaled, 9}, ""}, 1ms);
    EXPECT_FALSE(d.machine.status().pid);
    d(StopDone{}, 1ms);
    EXPECT_TRUE(d.did(Kind::arm_retry));
    EXPECT_FALSE(d.did(Kind::fail_pending)) << "the caller that came meanwhile waits for the restart";
    EXPECT_EQ(d.machine.status().last_error, kTimeout.message);
}

TEST(ServerMachine, callers_that_came_during_the_last_kill_are_answered) {
    ServerRules rules;
    rules.limits.max_restarts = 0;
    Driver d(rules);
    handshaking(d);
    d(HandshakeFailed{kTimeout});
    d(kCall);
    d(StopDone{});
    EXPECT_EQ(d.state(), ServerState::failed);
    EXPECT_EQ(d.find(Kind::fail_pending)->error.code, errc::start_timeout);
}

TEST(ServerMachine, a_call_waits_for_a_near_restart_and_is_refused_for_a_far_one) {
    ServerRules rules;
    rules.limits.first_delay = ServerMachine::kPatience;
    Driver near(rules);
    waiting(near);
    EXPECT_FALSE(near(kCall).refusal);
    rules.limits.first_delay += 1ms;
    Driver far(rules);
    waiting(far);
    far(kCall);
    EXPECT_EQ(far.refusal(), errc::start_failed);
    EXPECT_NE(far.last.refusal->message.find("5.1 s"), std::string::npos) << far.last.refusal->message;
    EXPECT_EQ(far.last.refusal->retry_after, 5001ms);
}

TEST(ServerMachine, a_probe_that_was_not_survived_fails_nobody_and_costs_no_restart) {
    Driver d;
    handshaking(d);
    d(ProbeNotSurvived{}, 10ms);
    EXPECT_FALSE(d.did(Kind::fail_pending));
    EXPECT_FALSE(d.did(Kind::arm_retry));
    EXPECT_TRUE(d.did(Kind::begin_stop));
    d(StopDone{});
    EXPECT_TRUE(d.did(Kind::spawn));
    EXPECT_EQ(d.state(), ServerState::starting);
    EXPECT_EQ(d.machine.status().restart_count, 0U);
    d(Launched{43});
    d(HandshakeDone{});
    EXPECT_EQ(d.state(), ServerState::running);
    EXPECT_EQ(d.machine.status().last_error_code, std::nullopt);
    d(ProbeNotSurvived{});
    EXPECT_TRUE(d.last.actions.empty()) << "it is not being probed";
}

TEST(ServerMachine, an_operators_stop_after_the_probe_is_obeyed) {
    Driver d;
    handshaking(d);
    d(ProbeNotSurvived{});
    d(StopRequested{});
    d(StopDone{});
    EXPECT_FALSE(d.did(Kind::spawn));
    EXPECT_EQ(d.state(), ServerState::stopped);
}

}  // namespace
}  // namespace agenthub
