// Tests of ServerMachine: the table of its header, and starts.

#include "supervisor/server_state.hpp"

#include <gtest/gtest.h>

#include "tests/supervisor/server_driver.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;
using Kind = ServerAction::Kind;

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
        {"unused", Unused{60s}, {"", "", "", "", "stop announce ", "", ""}},
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
}  // namespace agenthub
