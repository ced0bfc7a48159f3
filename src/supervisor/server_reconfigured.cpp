// What a new configuration means for a server in each phase.
// Pure: nothing here performs anything.

#include "supervisor/server_state.hpp"

namespace agenthub {
namespace {

constexpr const char* kReconfigured = "its configuration has changed";
constexpr const char* kSwitchedOff = "switched off by its configuration";

}  // namespace

void ServerMachine::set_rules(ServerRules rules) noexcept {
    rules_ = rules;
    policy_.set_limits(rules.limits);
}

void ServerMachine::on(const ConfigurationChanged& event) {
    if (!closing_.empty())
        return;
    if (!event.enabled) {
        desired_ = Desired::idle;
        return come_down(kSwitchedOff);
    }
    // Whatever failed before was another process.
    forget_failures();
    switch (phase_) {
        case Phase::idle:
            if (desired_ != Desired::held)
                enter(Phase::idle, ServerState::stopped, std::string(kReconfigured) + "; the first call starts it");
            return;
        case Phase::waiting:
        case Phase::broken: return spawn(std::string("started because ") + kReconfigured);
        case Phase::launching:
        case Phase::handshaking:
        case Phase::running: return end(Kind::begin_stop, std::string("restarted because ") + kReconfigured);
        case Phase::ending: return;
    }
}

void ServerMachine::forget_failures() {
    policy_.reset();
    status_.restart_count = 0;
    failure_.reset();
}

}  // namespace agenthub
