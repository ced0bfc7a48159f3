// The transitions of the table in the header, row by row.
// Pure: nothing here performs anything.

#include "supervisor/server_state.hpp"

#include <chrono>
#include <utility>

namespace agenthub {
namespace {

const char* reason_of(StartCause cause) {
    switch (cause) {
        case StartCause::configuration: return "started because of auto_start";
        case StartCause::call: return "started by a call";
        case StartCause::operator_: break;
    }
    return "started by an operator";
}

constexpr const char* kByOperator = "stopped by an operator";

}  // namespace

std::string_view to_string(ServerState state) noexcept {
    switch (state) {
        case ServerState::stopped: return "stopped";
        case ServerState::starting: return "starting";
        case ServerState::running: return "running";
        case ServerState::stopping: return "stopping";
        case ServerState::failed: return "failed";
    }
    return "stopped";
}

ServerDecision ServerMachine::resume(const ServerEvent& event, const Moment& now) {
    now_ = now;
    decision_ = {};
    const ServerStatus before = status_;
    std::visit([this](const auto& e) { on(e); }, event);
    if (status_ != before)
        act(Kind::announce);
    return std::move(decision_);
}

bool ServerMachine::has_process() const noexcept {
    return phase_ == Phase::launching || phase_ == Phase::handshaking || phase_ == Phase::running ||
           phase_ == Phase::ending;
}

void ServerMachine::on(const StartRequested& event) {
    if (!closing_.empty()) {
        decision_.refusal.emplace(errc::server_stopped, closing_ + "; it is not started any more.");
        return;
    }
    switch (event.cause) {
        case StartCause::operator_: return start_for_operator();
        case StartCause::call: return start_for_call();
        case StartCause::configuration:
            if (phase_ == Phase::idle && desired_ == Desired::idle)
                spawn(reason_of(event.cause));
            else if (phase_ == Phase::ending && desired_ == Desired::idle)
                desired_ = Desired::up;
            return;
    }
}

void ServerMachine::start_for_operator() {
    desired_ = Desired::up;
    forget_failures();
    if (!has_process())
        spawn(reason_of(StartCause::operator_));
}

void ServerMachine::start_for_call() {
    decision_.refusal = refusal_of_call(now_.at);
    if (decision_.refusal)
        return;
    desired_ = Desired::up;
    if (phase_ == Phase::idle || phase_ == Phase::broken)
        spawn(reason_of(StartCause::call));
}

void ServerMachine::on(const RestartRequested&) {
    on(StartRequested{StartCause::operator_});
    // Whatever was there before the request is to go, also a process that was only just being made.
    const bool fresh = !decision_.actions.empty();
    if (closing_.empty() && !fresh && phase_ != Phase::ending)
        end(Kind::begin_stop, "restarted by an operator");
}

void ServerMachine::on(const StopRequested&) {
    desired_ = Desired::held;
    come_down(kByOperator);
}

void ServerMachine::on(const Shutdown& event) {
    closing_ = event.reason;
    desired_ = Desired::held;
    come_down(closing_);
}

void ServerMachine::come_down(const std::string& reason) {
    forget_failures();
    if (phase_ == Phase::ending) {
        status_.reason = reason;
        return;
    }
    // Calls at a running process keep their chance until it is gone; those that wait for a process have none.
    if (phase_ == Phase::waiting || phase_ == Phase::launching || phase_ == Phase::handshaking)
        fail_pending(Error(errc::server_stopped, "the server was not started: " + reason + "."));
    if (has_process())
        end(Kind::begin_stop, reason);
    else
        enter(Phase::idle, ServerState::stopped, reason);
}

void ServerMachine::on(const Launched& event) {
    if (phase_ != Phase::launching && phase_ != Phase::ending)
        return act(Kind::kill);  // nobody asked for it
    status_.pid = event.pid;
    status_.started_ms = now_.unix_ms;
    if (phase_ == Phase::ending)
        return act(Kind::begin_stop);  // asked before there was anything to stop
    phase_ = Phase::handshaking;
    act(Kind::begin_handshake);
}

void ServerMachine::on(const LaunchFailed& event) {
    if (phase_ == Phase::ending)
        return on(StopDone{});
    if (phase_ != Phase::launching)
        return;
    // start_failed is the configuration's fault; anything else, the machine's, may pass.
    FailureClass kind = FailureClass::no_resources;
    if (event.error.code == errc::start_failed)
        kind = FailureClass::exec_failed;
    else if (event.error.code == errc::start_timeout)
        kind = FailureClass::handshake_timeout;
    fail(Failure{kind, event.error});
}

void ServerMachine::on(const HandshakeDone&) {
    if (phase_ != Phase::handshaking)
        return;
    up_since_ = now_.at;
    enter(Phase::running, ServerState::running, status_.reason);
}

void ServerMachine::on(const HandshakeFailed& event) {
    if (phase_ != Phase::handshaking)
        return;
    fail_pending(event.error);
    FailureClass kind = FailureClass::handshake_refused;
    if (event.error.code == errc::start_timeout)
        kind = FailureClass::handshake_timeout;
    else if (event.error.code == errc::start_exited)
        kind = FailureClass::handshake_exited;
    failure_ = Failure{kind, event.error};
    end(Kind::kill, "its start failed: " + event.error.message);
}

// No failure: old servers may leave when they are asked something before initialize.
void ServerMachine::on(const ProbeNotSurvived&) {
    if (phase_ == Phase::handshaking)
        end(Kind::begin_stop, "restarted for the era of initialize: it did not survive server/discover");
}

void ServerMachine::on(const HealthFailed& event) {
    if (phase_ != Phase::running)
        return;
    const Error error(errc::server_unhealthy, event.error.message);
    fail_pending(error);
    failure_ = Failure{FailureClass::unhealthy, error};
    end(Kind::kill, "unhealthy: " + error.message);
}

void ServerMachine::on(const Unused& event) {
    if (phase_ != Phase::running)
        return;
    desired_ = Desired::idle;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(event.idle);
    end(Kind::begin_stop,
        "stopped after " + std::to_string(seconds.count()) + " s without a call (idle_stop); the next call starts it");
}

void ServerMachine::on(const ProcessExited& event) {
    if (!has_process())
        return;
    std::string message = "the server " + event.status.describe();
    if (phase_ == Phase::launching || phase_ == Phase::handshaking)
        message += " before it had finished its start";
    if (phase_ == Phase::ending)
        message += " (" + status_.reason + ")";
    message += event.last_words.empty() ? "." : ". Its last words: " + event.last_words;
    if (phase_ == Phase::ending) {
        status_.pid.reset();
        return fail_pending(Error(errc::server_exited, std::move(message)));
    }
    FailureClass kind = phase_ == Phase::running ? FailureClass::crashed : FailureClass::handshake_exited;
    errc code = policy_of(kind).code;
    if (event.status.killed_for_memory) {
        kind = FailureClass::out_of_memory;
        // Who waits for the handshake has sent nothing: the code must go on saying so.
        if (phase_ == Phase::running)
            code = policy_of(kind).code;
    }
    fail(Failure{kind, Error(code, std::move(message))});
}

void ServerMachine::on(const RetryTimer&) {
    if (phase_ != Phase::waiting)
        return;
    if (now_.at < *not_before_) {
        // A timer of an earlier wait, or a clock that rounds: wait for the rest.
        decision_.actions.push_back(ServerAction{Kind::arm_retry, std::chrono::ceil<Duration>(*not_before_ - now_.at)});
        return;
    }
    ++status_.restart_count;
    spawn("restarted after a failure");
}

void ServerMachine::on(const StopDone&) {
    if (phase_ != Phase::ending)
        return;
    if (failure_) {
        Failure failure = std::move(*failure_);
        failure_.reset();
        return fail(std::move(failure));
    }
    if (desired_ == Desired::up)
        return spawn("restarted");
    enter(Phase::idle, ServerState::stopped, status_.reason);
}

void ServerMachine::spawn(std::string reason) {
    desired_ = Desired::up;
    enter(Phase::launching, ServerState::starting, std::move(reason));
    act(Kind::spawn);
}

void ServerMachine::end(Kind how, std::string reason) {
    enter(Phase::ending, ServerState::stopping, std::move(reason));
    act(how);
}

}  // namespace agenthub
