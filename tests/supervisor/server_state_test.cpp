// Tests of ServerMachine: the table of its header, and the stories that run through it.

#include "supervisor/server_state.hpp"

#include <gtest/gtest.h>

#include <functional>

using namespace agenthub;
using namespace std::chrono_literals;
using Kind = ServerAction::Kind;

namespace {

// A machine with a clock of its own.
struct Driver {
    explicit Driver(ServerRules rules = {}) : machine(rules) {}

    const ServerDecision& operator()(const ServerEvent& event, Duration later = 0ms) {
        now.at += later;
        now.unix_ms += later.count();
        last = machine.resume(event, now);
        return last;
    }
    // Does the last decision hold this action?
    bool did(Kind kind) const { return find(kind) != nullptr; }
    const ServerAction* find(Kind kind) const {
        for (const auto& action : last.actions) {
            if (action.kind == kind)
                return &action;
        }
        return nullptr;
    }
    ServerState state() const { return machine.status().state; }
    std::optional<errc> refusal() const { return last.refusal ? std::optional(last.refusal->code) : std::nullopt; }

    ServerMachine machine;
    Moment now{TimePoint(1000h), 1'700'000'000'000, 0.5};
    ServerDecision last;
};

const ServerEvent kCall = StartRequested{StartCause::call};
const ServerEvent kOperator = StartRequested{StartCause::operator_};
const ServerEvent kConfiguration = StartRequested{StartCause::configuration};
const ServerEvent kExit3 = ProcessExited{{ExitStatus::Kind::exited, 3}, "no such table"};
const Error kTimeout{errc::start_timeout, "initialize was not answered in 60 s."};

// The phases of the table, each reached by its shortest story.
using Story = std::function<void(Driver&)>;
void idle(Driver&) {}
void launching(Driver& d) {
    d(kCall);
}
void handshaking(Driver& d) {
    launching(d);
    d(Launched{42});
}
void running(Driver& d) {
    handshaking(d);
    d(HandshakeDone{});
}
void waiting(Driver& d) {
    running(d);
    d(kExit3);
}
void ending(Driver& d) {
    running(d);
    d(StopRequested{});
}
void broken(Driver& d) {
    launching(d);
    d(LaunchFailed{Error(errc::start_failed, "cannot run 'npx'.")});
}

std::string names(const ServerDecision& decision) {
    std::string out;
    for (const auto& action : decision.actions) {
        switch (action.kind) {
            case Kind::spawn: out += "spawn "; break;
            case Kind::begin_handshake: out += "handshake "; break;
            case Kind::begin_stop: out += "stop "; break;
            case Kind::kill: out += "kill "; break;
            case Kind::fail_pending: out += "fail "; break;
            case Kind::arm_retry: out += "retry "; break;
            case Kind::announce: out += "announce "; break;
        }
    }
    return out;
}

struct Row {
    const char* event_name;
    ServerEvent event;
    // What follows in idle, waiting, launching, handshaking, running, ending, broken.
    const char* expected[7];
};

TEST(ServerMachine, follows_the_table) {
    const Error sick{errc::server_exited, "no answer to ping."};
    const Row rows[] = {
        {"operator", kOperator, {"spawn announce ", "spawn announce ", "", "", "", "", "spawn announce "}},
        {"call", kCall, {"spawn announce ", "", "", "", "", "", ""}},
        {"configuration", kConfiguration, {"spawn announce ", "", "", "", "", "", ""}},
        {"restart",
         RestartRequested{},
         {"spawn announce ", "spawn announce ", "stop announce ", "stop announce ", "stop announce ", "",
          "spawn announce "}},
        {"stop",
         StopRequested{},
         {"announce ", "fail announce ", "fail stop announce ", "fail stop announce ", "stop announce ", "",
          "announce "}},
        {"launched",
         Launched{43},
         {"kill ", "kill ", "handshake announce ", "kill ", "kill ", "stop announce ", "kill "}},
        {"launch failed",
         LaunchFailed{Error(errc::start_failed, "cannot run 'npx'.")},
         {"", "", "fail announce ", "", "", "announce ", ""}},
        {"handshake done", HandshakeDone{}, {"", "", "", "announce ", "", "", ""}},
        {"handshake failed", HandshakeFailed{kTimeout}, {"", "", "", "fail kill announce ", "", "", ""}},
        {"process exited",
         kExit3,
         {"", "", "fail retry announce ", "fail retry announce ", "fail retry announce ", "fail announce ", ""}},
        {"health failed", HealthFailed{sick}, {"", "", "", "", "fail kill announce ", "", ""}},
        {"retry timer", RetryTimer{}, {"", "retry ", "", "", "", "", ""}},
        {"stop done", StopDone{}, {"", "", "", "", "", "announce ", ""}},
        {"shutdown",
         Shutdown{},
         {"announce ", "fail announce ", "fail stop announce ", "fail stop announce ", "stop announce ", "announce ",
          "announce "}},
    };
    const std::pair<const char*, Story> phases[] = {
        {"idle", idle},       {"waiting", waiting}, {"launching", launching}, {"handshaking", handshaking},
        {"running", running}, {"ending", ending},   {"broken", broken}};
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < std::size(phases); ++i) {
            Driver driver;
            phases[i].second(driver);
            EXPECT_EQ(names(driver(row.event)), row.expected[i]) << row.event_name << " in " << phases[i].first;
        }
    }
}

TEST(ServerMachine, a_first_call_starts_a_lazy_server) {
    Driver d;
    EXPECT_EQ(d.state(), ServerState::stopped);
    d(kCall);
    EXPECT_TRUE(d.did(Kind::spawn));
    EXPECT_EQ(d.state(), ServerState::starting);
    d(Launched{42}, 10ms);
    EXPECT_EQ(d.machine.status().pid, 42);
    EXPECT_EQ(d.machine.status().started_ms, d.now.unix_ms);
    d(HandshakeDone{}, 100ms);
    EXPECT_EQ(d.state(), ServerState::running);
    EXPECT_EQ(d.machine.status().since_ms, d.now.unix_ms);
    EXPECT_EQ(d.machine.status().reason, "started by a call");
}

TEST(ServerMachine, fifty_callers_start_one_process) {
    Driver d;
    int spawned = 0;
    for (int i = 0; i < 50; ++i) {
        d(kCall, 1ms);
        EXPECT_FALSE(d.refusal());
        spawned += d.did(Kind::spawn) ? 1 : 0;
    }
    EXPECT_EQ(spawned, 1);
}

TEST(ServerMachine, a_crash_answers_the_callers_and_restarts_after_the_back_off) {
    Driver d;
    running(d);
    d(kExit3, 10s);
    EXPECT_EQ(d.find(Kind::fail_pending)->error.code, errc::server_exited);
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
    EXPECT_EQ(d.find(Kind::fail_pending)->error.code, errc::start_failed);
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
    EXPECT_NE(d.last.refusal->message.find("exited with code 3"), std::string::npos);
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
}

TEST(ServerMachine, an_unhealthy_server_is_killed_and_restarted) {
    Driver d;
    running(d);
    d(HealthFailed{Error(errc::server_exited, "no answer to ping.")}, 30s);
    EXPECT_TRUE(d.did(Kind::kill));
    d(StopDone{}, 5ms);
    EXPECT_TRUE(d.did(Kind::arm_retry));
    EXPECT_EQ(d.machine.status().last_error, "no answer to ping.");
}

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

TEST(ServerMachine, has_a_process_from_the_spawn_to_the_end_of_the_stop) {
    Driver d;
    EXPECT_FALSE(d.machine.has_process());
    d(kCall);
    EXPECT_TRUE(d.machine.has_process());
    d(Launched{42});
    d(HandshakeDone{});
    d(StopRequested{});
    d(ProcessExited{{ExitStatus::Kind::exited, 0}, ""});
    EXPECT_TRUE(d.machine.has_process());
    d(StopDone{});
    EXPECT_FALSE(d.machine.has_process());
}

TEST(ServerMachine, announces_only_what_changed) {
    Driver d;
    running(d);
    d(kCall);
    EXPECT_TRUE(d.last.actions.empty());
}

TEST(ServerMachine, state_names_are_the_prototypes) {
    EXPECT_EQ(to_string(ServerState::stopped), "stopped");
    EXPECT_EQ(to_string(ServerState::starting), "starting");
    EXPECT_EQ(to_string(ServerState::running), "running");
    EXPECT_EQ(to_string(ServerState::stopping), "stopping");
    EXPECT_EQ(to_string(ServerState::failed), "failed");
}

}  // namespace
