// Tests of ServerMachine: each class of failure with its code, its delay, and what its callers are told.

#include <gtest/gtest.h>

#include "supervisor/server_state.hpp"
#include "tests/supervisor/server_driver.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;
using Kind = ServerAction::Kind;

const ServerEvent kKilledForMemory = ProcessExited{{ExitStatus::Kind::signaled, 9, true}, ""};

TEST(FailureClasses, an_unhealthy_server_is_killed_and_started_again_at_once_the_first_time) {
    Driver d;
    running(d);
    d(HealthFailed{Error(errc::server_exited, "no answer to ping.")}, 30s);
    EXPECT_TRUE(d.did(Kind::kill));
    EXPECT_EQ(d.find(Kind::fail_pending)->error.code, errc::server_unhealthy);
    d(StopDone{}, 5ms);
    EXPECT_EQ(d.find(Kind::arm_retry)->delay, 0ms);
    EXPECT_EQ(d.machine.status().last_error, "no answer to ping.");
    EXPECT_EQ(d.machine.status().last_error_code, errc::server_unhealthy);
    d(RetryTimer{});
    EXPECT_TRUE(d.did(Kind::spawn));
    d(Launched{43});
    d(HandshakeDone{});
    d(HealthFailed{Error(errc::server_unhealthy, "no answer to ping.")}, 30s);
    d(StopDone{}, 5ms);
    EXPECT_EQ(d.find(Kind::arm_retry)->delay, 1s) << "the second time it waits";
}

TEST(FailureClasses, a_server_killed_for_memory_gets_five_seconds_at_least) {
    Driver d;
    running(d);
    d.now.random = 0;
    d(kKilledForMemory, 10s);
    EXPECT_EQ(d.find(Kind::fail_pending)->error.code, errc::server_out_of_memory);
    EXPECT_EQ(d.find(Kind::arm_retry)->delay, 5s);
    EXPECT_EQ(d.machine.status().last_error_code, errc::server_out_of_memory);
    EXPECT_NE(d.machine.status().last_error.find("because memory ran out"), std::string::npos);
}

TEST(FailureClasses, memory_in_the_handshake_is_still_not_started_for_the_callers) {
    Driver d;
    handshaking(d);
    d(kKilledForMemory);
    EXPECT_EQ(d.find(Kind::fail_pending)->error.code, errc::start_exited);
    EXPECT_EQ(d.machine.status().last_error_code, errc::server_out_of_memory);
}

TEST(FailureClasses, a_handshake_that_fails_tells_how) {
    struct Row {
        errc told;
        Duration delay;
    };
    for (const auto& [told, delay] :
         {Row{errc::start_exited, 500ms}, Row{errc::start_refused, 2200ms}, Row{errc::start_timeout, 2200ms}}) {
        Driver d;
        handshaking(d);
        d(HandshakeFailed{Error(told, "no.")});
        EXPECT_EQ(d.find(Kind::fail_pending)->error.code, told);
        d(StopDone{});
        EXPECT_EQ(d.machine.status().last_error_code, told);
        EXPECT_EQ(d.find(Kind::arm_retry)->delay, delay) << to_string(told);
    }
}

TEST(FailureClasses, an_exit_during_the_handshake_is_no_crash) {
    for (const Story& story : {Story(launching), Story(handshaking)}) {
        Driver d;
        story(d);
        d(kExit3);
        EXPECT_EQ(d.find(Kind::fail_pending)->error.code, errc::start_exited);
        EXPECT_EQ(d.machine.status().last_error_code, errc::start_exited);
        EXPECT_EQ(d.find(Kind::arm_retry)->delay, 500ms);
    }
}

TEST(FailureClasses, a_launch_that_fails_is_the_configurations_fault_or_the_machines) {
    struct Row {
        errc failure, recorded;
        bool retried;
    };
    for (const auto& row :
         {Row{errc::start_failed, errc::start_failed, false}, Row{errc::busy, errc::busy, true},
          Row{errc::io_error, errc::busy, true}, Row{errc::start_timeout, errc::start_timeout, true}}) {
        Driver d;
        launching(d);
        d(LaunchFailed{Error(row.failure, "no.")});
        EXPECT_EQ(d.machine.status().last_error_code, row.recorded);
        EXPECT_EQ(d.did(Kind::arm_retry), row.retried) << to_string(row.failure);
        EXPECT_EQ(d.find(Kind::fail_pending)->error.code, row.failure) << "callers get the failure itself";
    }
}

TEST(FailureClasses, a_stop_that_was_asked_for_is_no_failure) {
    Driver d;
    ending(d);
    d(kKilledForMemory);
    d(StopDone{});
    EXPECT_FALSE(d.machine.status().last_error_code);
    EXPECT_EQ(d.machine.status().last_error, "");
}

TEST(FailureClasses, an_operators_start_tries_at_once_in_every_state_without_a_process) {
    const Story broken_by_budget = [](Driver& d) {
        d.machine.set_rules(ServerRules{false, true, RestartLimits{.max_restarts = 0}});
        waiting(d);
    };
    for (const Story& story : {Story(idle), Story(waiting), Story(broken), broken_by_budget}) {
        Driver d;
        story(d);
        d(kOperator);
        EXPECT_FALSE(d.refusal());
        EXPECT_TRUE(d.did(Kind::spawn));
        EXPECT_EQ(d.machine.status().restart_count, 0U);
        EXPECT_FALSE(d.machine.status().next_attempt_ms);
    }
}

}  // namespace
}  // namespace agenthub
