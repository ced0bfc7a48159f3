// Tests of ServerMachine: a changed configuration.

#include <gtest/gtest.h>

#include "tests/supervisor/server_driver.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;
using Kind = ServerAction::Kind;

const ServerEvent kChanged = ConfigurationChanged{true};
const ServerEvent kDisabled = ConfigurationChanged{false};

TEST(ServerReconfigured, what_waits_or_has_failed_is_started_at_once) {
    for (const Story& story : {Story(waiting), Story(broken)}) {
        Driver d;
        story(d);
        d(kChanged);
        EXPECT_TRUE(d.did(Kind::spawn));
        EXPECT_EQ(d.state(), ServerState::starting);
        EXPECT_EQ(d.machine.status().restart_count, 0U);
    }
}

TEST(ServerReconfigured, a_process_is_stopped_and_started_again) {
    for (const Story& story : {Story(launching), Story(handshaking), Story(running)}) {
        Driver d;
        story(d);
        d(kChanged);
        EXPECT_TRUE(d.did(Kind::begin_stop));
        EXPECT_EQ(d.state(), ServerState::stopping);
        EXPECT_NE(d.machine.status().reason.find("configuration has changed"), std::string::npos);
        d(StopDone{});
        EXPECT_TRUE(d.did(Kind::spawn));
    }
}

TEST(ServerReconfigured, what_nobody_uses_stays_as_it_is) {
    Driver d;
    d(kChanged);
    EXPECT_FALSE(d.did(Kind::spawn));
    EXPECT_EQ(d.state(), ServerState::stopped);
}

TEST(ServerReconfigured, what_an_operator_stopped_stays_stopped) {
    Driver d;
    ending(d);
    d(kChanged);
    d(StopDone{});
    EXPECT_FALSE(d.did(Kind::spawn));
    d(kChanged);
    d(kConfiguration);
    EXPECT_EQ(d.state(), ServerState::stopped);
    EXPECT_EQ(d.machine.status().reason, "stopped by an operator");
    d(kCall);
    EXPECT_EQ(d.refusal(), errc::server_stopped);
}

TEST(ServerReconfigured, the_cool_down_of_the_old_configuration_is_over) {
    Driver d(ServerRules{false, false, {}});
    waiting(d);
    d(kCall);
    ASSERT_EQ(d.refusal(), errc::start_failed) << "it cools down";
    d(kChanged);
    d(kCall);
    EXPECT_EQ(d.refusal(), std::nullopt);
    EXPECT_TRUE(d.did(Kind::spawn));
}

TEST(ServerReconfigured, a_failure_that_is_being_cleared_away_does_not_delay_the_new_process) {
    Driver d;
    running(d);
    d(HealthFailed{Error(errc::server_exited, "no answer")});
    d(kChanged);
    d(StopDone{});
    EXPECT_TRUE(d.did(Kind::spawn));
}

TEST(ServerReconfigured, a_disabled_server_is_stopped_and_not_held) {
    Driver d;
    running(d);
    d(kDisabled);
    EXPECT_TRUE(d.did(Kind::begin_stop));
    d(StopDone{});
    EXPECT_EQ(d.state(), ServerState::stopped);
    EXPECT_NE(d.machine.status().reason.find("switched off"), std::string::npos);
    d(kChanged);
    d(kCall);
    EXPECT_TRUE(d.did(Kind::spawn));
}

TEST(ServerReconfigured, one_that_is_enabled_with_auto_start_while_it_stops_starts_again) {
    Driver d;
    running(d);
    d(kDisabled);
    d(kChanged);
    d(kConfiguration);
    EXPECT_FALSE(d.did(Kind::spawn)) << "one process at a time";
    d(StopDone{});
    EXPECT_TRUE(d.did(Kind::spawn));
}

TEST(ServerReconfigured, nothing_is_started_after_the_end) {
    Driver d;
    Shutdown end;
    end.reason = "removed";
    d(end);
    d(kChanged);
    EXPECT_FALSE(d.did(Kind::spawn));
    d(kCall);
    ASSERT_EQ(d.refusal(), errc::server_stopped);
    EXPECT_EQ(d.last.refusal->message, "removed; it is not started any more.");
}

TEST(ServerReconfigured, new_rules_hold_from_the_next_failure_on) {
    ServerRules rules;
    rules.limits.max_restarts = 0;
    Driver d(rules);
    running(d);
    rules.limits.max_restarts = 1;
    d.machine.set_rules(rules);
    d(kExit3);
    EXPECT_EQ(d.state(), ServerState::starting);
    d(RetryTimer{}, 10s);
    d(Launched{43});
    d(HandshakeDone{});
    d(kExit3);
    EXPECT_EQ(d.state(), ServerState::failed) << "one restart, and no more";
}

}  // namespace
}  // namespace agenthub
