// A ServerMachine with a clock, and the shortest story into each of its phases.
// Owned by the test.

#pragma once

#include <functional>
#include <optional>

#include "supervisor/server_state.hpp"

namespace agenthub {

// A machine with a clock of its own.
struct Driver {
    explicit Driver(ServerRules rules = {}) : machine(rules) {}

    const ServerDecision& operator()(const ServerEvent& event, Duration later = Duration(0)) {
        now.at += later;
        now.unix_ms += later.count();
        last = machine.resume(event, now);
        return last;
    }
    // Does the last decision hold this action?
    bool did(ServerAction::Kind kind) const { return find(kind) != nullptr; }
    const ServerAction* find(ServerAction::Kind kind) const {
        for (const auto& action : last.actions) {
            if (action.kind == kind)
                return &action;
        }
        return nullptr;
    }
    ServerState state() const { return machine.status().state; }
    std::optional<errc> refusal() const { return last.refusal ? std::optional(last.refusal->code) : std::nullopt; }

    ServerMachine machine;
    Moment now{TimePoint(std::chrono::hours(1000)), 1'700'000'000'000, 0.5};
    ServerDecision last;
};

inline const ServerEvent kCall = StartRequested{StartCause::call};
inline const ServerEvent kOperator = StartRequested{StartCause::operator_};
inline const ServerEvent kConfiguration = StartRequested{StartCause::configuration};
inline const ServerEvent kExit3 = ProcessExited{{ExitStatus::Kind::exited, 3}, "no such table"};
inline const Error kTimeout{errc::start_timeout, "initialize was not answered in 60 s."};

// The phases of the table, each reached by its shortest story.
using Story = std::function<void(Driver&)>;
inline void idle(Driver&) {}
inline void launching(Driver& d) {
    d(kCall);
}
inline void handshaking(Driver& d) {
    launching(d);
    d(Launched{42});
}
inline void running(Driver& d) {
    handshaking(d);
    d(HandshakeDone{});
}
inline void waiting(Driver& d) {
    running(d);
    d(kExit3);
}
inline void ending(Driver& d) {
    running(d);
    d(StopRequested{});
}
inline void broken(Driver& d) {
    launching(d);
    d(LaunchFailed{Error(errc::start_failed, "cannot run 'npx'.")});
}

}  // namespace agenthub
