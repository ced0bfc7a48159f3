// Tests of ServerMachine: stops, restarts by a person, and the end of the daemon.

#include "supervisor/server_state.hpp"

#include <gtest/gtest.h>

#include "tests/supervisor/server_driver.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;
using Kind = ServerAction::Kind;

TEST(ServerMachine, a_stop_clears_the_pid_and_holds_the_server_down) {
    Driver d;
    running(d);
    d(StopRequested{});
    EXPECT_EQ(d.state(), ServerState::stopping);
    EXPECT_FALSE(d.did(Kind::fail_pending)) << "calls in flight may still be answered";
    d(kCall);
    EXPECT_EQ(d.refusal(), errc::server_stopped);
    d(ProcessExited{{ExitStatus::Kind::exited, 0}, ""}, 3s);
    EXPECT_EQ(d.find(Kind::fail_pending)->error.message, "the server exited with code 0 (stopped by an operator).");
    d(StopDone{});
    EXPECT_EQ(d.state(), ServerState::stopped);
    EXPECT_FALSE(d.machine.status().pid);
    EXPECT_EQ(d.machine.status().reason, "stopped by an operator");
    EXPECT_EQ(d.machine.status().last_error, "");
    d(kCall);
    EXPECT_EQ(d.refusal(), errc::server_stopped);
    d(kConfiguration);
    EXPECT_FALSE(d.did(Kind::spawn));
    d(kOperator);
    EXPECT_TRUE(d.did(Kind::spawn));
}

TEST(ServerMachine, a_stopped_auto_start_server_comes_back_on_the_next_call) {
    ServerRules rules;
    rules.auto_start = true;
    Driver d(rules);
    ending(d);
    d(StopDone{});
    d(kCall);
    EXPECT_FALSE(d.refusal());
    EXPECT_TRUE(d.did(Kind::spawn));
}

TEST(ServerMachine, a_call_on_a_stopping_auto_start_server_starts_it_afterwards) {
    ServerRules rules;
    rules.auto_start = true;
    Driver d(rules);
    ending(d);
    d(kCall);
    EXPECT_FALSE(d.refusal());
    EXPECT_FALSE(d.did(Kind::spawn));
    d(StopDone{});
    EXPECT_TRUE(d.did(Kind::spawn));
}

TEST(ServerMachine, a_start_while_stopping_spawns_once_all_is_gone) {
    Driver d;
    ending(d);
    d(kOperator);
    EXPECT_FALSE(d.did(Kind::spawn));
    d(StopDone{});
    EXPECT_TRUE(d.did(Kind::spawn));
    EXPECT_EQ(d.state(), ServerState::starting);
}

TEST(ServerMachine, a_stop_while_restarting_wins) {
    Driver d;
    running(d);
    d(RestartRequested{});
    d(StopRequested{});
    d(StopDone{});
    EXPECT_FALSE(d.did(Kind::spawn));
    EXPECT_EQ(d.state(), ServerState::stopped);
}

TEST(ServerMachine, a_restart_replaces_the_process_and_spends_no_budget) {
    Driver d;
    running(d);
    d(RestartRequested{});
    EXPECT_TRUE(d.did(Kind::begin_stop));
    d(ProcessExited{{ExitStatus::Kind::exited, 0}, ""});
    d(StopDone{});
    EXPECT_TRUE(d.did(Kind::spawn));
    EXPECT_EQ(d.machine.status().restart_count, 0U);
}

TEST(ServerMachine, a_stop_during_the_launch_ends_what_is_launched_later) {
    Driver d;
    launching(d);
    d(StopRequested{});
    EXPECT_EQ(d.find(Kind::fail_pending)->error.code, errc::server_stopped);
    d(Launched{42});
    EXPECT_TRUE(d.did(Kind::begin_stop));
    EXPECT_EQ(d.machine.status().pid, 42);
    d(StopDone{});
    EXPECT_EQ(d.state(), ServerState::stopped);
    EXPECT_FALSE(d.machine.status().pid);
}

TEST(ServerMachine, a_stop_during_a_launch_that_fails_is_a_stop) {
    Driver d;
    launching(d);
    d(StopRequested{});
    d(LaunchFailed{Error(errc::start_failed, "cannot run 'npx'.")});
    EXPECT_EQ(d.state(), ServerState::stopped);
    EXPECT_FALSE(d.did(Kind::arm_retry));
}

TEST(ServerMachine, a_stop_cancels_a_waiting_restart) {
    Driver d;
    waiting(d);
    d(StopRequested{});
    EXPECT_EQ(d.state(), ServerState::stopped);
    EXPECT_FALSE(d.machine.status().next_attempt_ms);
    d(RetryTimer{}, 1s);
    EXPECT_FALSE(d.did(Kind::spawn));
}

TEST(ServerMachine, a_stop_overrules_the_restart_after_a_failed_handshake) {
    Driver d;
    handshaking(d);
    d(HandshakeFailed{kTimeout});
    d(StopRequested{});
    d(StopDone{});
    EXPECT_EQ(d.state(), ServerState::stopped);
    EXPECT_FALSE(d.did(Kind::arm_retry));
}

TEST(ServerMachine, nothing_starts_during_shutdown) {
    ServerRules rules;
    rules.auto_start = true;
    Driver d(rules);
    running(d);
    d(Shutdown{});
    EXPECT_TRUE(d.did(Kind::begin_stop));
    for (const auto& event : {kCall, kOperator, kConfiguration, ServerEvent(RestartRequested{})}) {
        d(event);
        EXPECT_EQ(d.refusal(), errc::server_stopped);
        EXPECT_TRUE(d.last.actions.empty());
    }
    d(StopDone{});
    EXPECT_EQ(d.state(), ServerState::stopped);
    d(kCall);
    EXPECT_EQ(d.refusal(), errc::server_stopped);
}

}  // namespace
}  // namespace agenthub
