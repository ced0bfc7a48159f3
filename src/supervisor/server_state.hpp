// The life of one server as a pure state machine: what is desired, what is, and what follows from an event.
// Owned by the server's slot, which carries the actions out and feeds their outcomes back.

#pragma once

#include <optional>
#include <string>

#include "supervisor/restart_policy.hpp"
#include "supervisor/server_events.hpp"
#include "supervisor/server_status.hpp"

namespace agenthub {

struct ServerRules {
    bool auto_start = false;  // a call may start it even after an operator stopped it
    bool restart_on_failure = true;
    RestartLimits limits{};
};

// desired: idle (nobody asked yet), up, held (stopped by an operator). "fail" below is the judgement on a failure:
//   held or shutting down → idle │ restart_on_failure false → idle, desired idle, calls refused during the cool-down
//   its class is not retried, or budget spent → broken, calls refused during the cool-down │ else → waiting, arm_retry
// Each fail, and each stop of what callers wait for, begins with fail_pending; each change ends with announce.
//
// clang-format off
//   event \ phase    │ idle      │ waiting   │ launching   │ handshaking  │ running      │ ending       │ broken
//   (visible)        │ stopped   │ starting  │ starting    │ starting     │ running      │ stopping     │ failed
//   start, operator  │ spawn     │ spawn     │ –           │ –            │ –            │ desired up   │ spawn
//   start, call      │ spawn (a) │ wait (b)  │ wait        │ wait         │ ready        │ wait (a)     │ spawn (c)
//   start, config    │ spawn (e) │ –         │ –           │ –            │ –            │ up (e)       │ –
//   restart          │ spawn     │ spawn     │ begin_stop  │ begin_stop   │ begin_stop   │ desired up   │ spawn
//   stop             │ held      │ idle      │ begin_stop  │ begin_stop   │ begin_stop   │ desired held │ idle
//   config changed   │ idle      │ spawn     │ begin_stop  │ begin_stop   │ begin_stop   │ –            │ spawn
//   … and disabled   │ idle      │ idle      │ begin_stop  │ begin_stop   │ begin_stop   │ desired idle │ idle
//   shutdown         │ idle      │ idle      │ begin_stop  │ begin_stop   │ begin_stop   │ desired held │ idle
//   launched         │ kill      │ kill      │ handshaking │ kill         │ kill         │ begin_stop   │ kill
//   launch failed    │ –         │ –         │ fail        │ –            │ –            │ as stop done │ –
//   handshake done   │ –         │ –         │ –           │ running      │ –            │ –            │ –
//   handshake failed │ –         │ –         │ –           │ kill, ending │ –            │ –            │ –
//   process exited   │ –         │ –         │ fail        │ fail         │ fail         │ fail_pending │ –
//   probe killed it  │ –         │ –         │ –           │ begin_stop   │ –            │ –            │ –
//   health failed    │ –         │ –         │ –           │ –            │ kill, ending │ –            │ –
//   unused           │ –         │ –         │ –           │ –            │ begin_stop   │ –            │ –
//   retry timer      │ –         │ spawn (c) │ –           │ –            │ –            │ –            │ –
//   stop done        │ –         │ –         │ –           │ –            │ –            │ (d)          │ –
// clang-format on
// (a) if it is not held by an operator, or auto_start, and the cool-down is over; (b) if the next attempt is within
// kPatience, else refused; (c) when the cool-down or the back-off is over; (d) a failure that waited: fail; desired up:
// spawn; else idle; (e) unless it is held by an operator.
class ServerMachine {
public:
    // A call waits for a scheduled attempt that is at most this far away, and is refused otherwise.
    static constexpr Duration kPatience = std::chrono::seconds(5);

    explicit ServerMachine(ServerRules rules) : rules_(rules), policy_(rules.limits) {}

    ServerDecision resume(const ServerEvent& event, const Moment& now);

    // From the next event on.
    void set_rules(ServerRules rules) noexcept;

    const ServerStatus& status() const noexcept { return status_; }
    // A process of this server exists, or is being made or ended.
    bool has_process() const noexcept;
    bool is_held() const noexcept { return desired_ == Desired::held; }  // stopped by an operator
    std::optional<Error> refusal_of_call(TimePoint now) const;           // why one that came now would start nothing

private:
    enum class Phase { idle, waiting, launching, handshaking, running, ending, broken };
    enum class Desired { idle, up, held };
    struct Failure {
        FailureClass kind;
        Error error;  // for those who wait; its code may be another than that of the class
    };
    using Kind = ServerAction::Kind;

    void on(const StartRequested& event);
    void on(const RestartRequested& event);
    void on(const StopRequested& event);
    void on(const Launched& event);
    void on(const LaunchFailed& event);
    void on(const HandshakeDone& event);
    void on(const HandshakeFailed& event);
    void on(const ProcessExited& event);
    void on(const ProbeNotSurvived& event);
    void on(const HealthFailed& event);
    void on(const Unused& event);
    void on(const RetryTimer& event);
    void on(const StopDone& event);
    void on(const ConfigurationChanged& event);
    void on(const Shutdown& event);

    void start_for_operator();
    void start_for_call();
    void come_down(const std::string& reason);
    void forget_failures();
    void spawn(std::string reason);
    void end(Kind how, std::string reason);
    void fail(Failure failure);
    void wait_for_retry(Duration delay, const std::string& why);
    void not_before(Duration delay);
    void enter(Phase phase, ServerState state, std::string reason);
    void act(Kind kind) { decision_.actions.push_back(ServerAction{kind}); }
    void fail_pending(Error error);

    ServerRules rules_;
    RestartPolicy policy_;
    ServerStatus status_;
    Phase phase_ = Phase::idle;
    Desired desired_ = Desired::idle;
    std::string closing_;                  // why nothing is started any more; empty: it is
    std::optional<Failure> failure_;       // in `ending`: to be judged when it is done
    std::optional<TimePoint> up_since_;    // handshake done
    std::optional<TimePoint> not_before_;  // waiting: when the attempt is due; idle, broken: end of the cool-down
    Moment now_{};                         // of the event being handled
    ServerDecision decision_;              // being put together
};

}  // namespace agenthub
