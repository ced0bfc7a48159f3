// The judgement on a failed server: again after a delay, or given up; and what a call is told meanwhile.
// Pure: nothing here performs anything.

#include <algorithm>
#include <chrono>
#include <utility>

#include "supervisor/server_state.hpp"

namespace agenthub {
namespace {

// "1.5 s"
std::string seconds(Duration duration) {
    const auto tenths = std::max<std::int64_t>(0, (duration.count() + 99) / 100);
    return std::to_string(tenths / 10) + (tenths % 10 != 0 ? "." + std::to_string(tenths % 10) : "") + " s";
}

}  // namespace

std::optional<Error> ServerMachine::refusal_of_call(TimePoint now) const {
    if (desired_ == Desired::held && !rules_.auto_start)
        return Error(errc::server_stopped, "the server was stopped by an operator. Start it to use it again.");
    const bool resting = phase_ == Phase::idle || phase_ == Phase::broken;
    if (!not_before_ || (!resting && phase_ != Phase::waiting))
        return std::nullopt;
    const auto left = std::chrono::ceil<Duration>(*not_before_ - now);
    if (left <= (resting ? Duration::zero() : kPatience))
        return std::nullopt;
    return Error(errc::start_failed,
                 "the server is not running (" +
                     std::string(code_of(status_.last_error_code.value_or(errc::internal))) +
                     "): " + status_.last_error + " The next attempt is possible in " + seconds(left) +
                     "; an operator's start tries at once.",
                 left);
}

void ServerMachine::fail(Failure failure) {
    const Error error = std::move(failure.error);
    status_.last_error = error.message;
    status_.last_error_code = policy_of(failure.kind).code;
    // Whoever was waiting when a process had to be killed has been told then; who came since still hopes.
    const bool told = phase_ == Phase::ending;
    if (!told)
        fail_pending(error);

    std::optional<Duration> delay;
    if (rules_.restart_on_failure)
        delay = policy_.after_failure(failure.kind, now_.at, up_since_, now_.random);
    else
        policy_.note_failure(now_.at, up_since_);
    if (told && (!delay || *delay > kPatience))
        fail_pending(error);

    if (delay)
        return wait_for_retry(*delay, error.message);
    if (rules_.restart_on_failure) {
        const std::string restarts = std::to_string(status_.restart_count) + " automatic restarts: ";
        const bool retried = policy_of(failure.kind).retried;
        const std::string why = retried ? "given up after " + restarts : "it cannot be started: ";
        enter(Phase::broken, ServerState::failed, why + error.message);
    } else {
        desired_ = Desired::idle;
        enter(Phase::idle, ServerState::stopped, "not restarted, as restart_on_failure is false: " + error.message);
    }
    not_before(policy_.cool_down(failure.kind, now_.random));
}

void ServerMachine::wait_for_retry(Duration delay, const std::string& why) {
    enter(Phase::waiting, ServerState::starting, "waits for its restart: " + why);
    not_before(delay);
    decision_.actions.push_back(ServerAction{Kind::arm_retry, delay});
}

void ServerMachine::not_before(Duration delay) {
    not_before_ = now_.at + delay;
    status_.next_attempt_ms = now_.unix_ms + delay.count();
}

void ServerMachine::enter(Phase phase, ServerState state, std::string reason) {
    if (status_.state != state)
        status_.since_ms = now_.unix_ms;
    phase_ = phase;
    status_.state = state;
    status_.reason = std::move(reason);
    status_.next_attempt_ms.reset();
    not_before_.reset();
    // `ending` keeps the time of the handshake: how long the process served decides about its restart.
    if (phase != Phase::running && phase != Phase::ending) {
        status_.pid.reset();
        status_.started_ms.reset();
        up_since_.reset();
    }
}

void ServerMachine::fail_pending(Error error) {
    decision_.actions.push_back(ServerAction{Kind::fail_pending, Duration::zero(), std::move(error)});
}

}  // namespace agenthub
