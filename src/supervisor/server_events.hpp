// What happens to a server and what is to be done about it: the vocabulary of ServerMachine.
// Values.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/async.hpp"
#include "base/error.hpp"
#include "supervisor/exit_status.hpp"

namespace agenthub {

// Everything the machine needs to know of the world outside, at one event.
struct Moment {
    TimePoint at;
    std::int64_t unix_ms = 0;
    double random = 0.5;  // [0, 1), for the jitter of a delay
};

enum class StartCause {
    configuration,  // auto_start at boot
    call,           // a client's request needs the server; it may be refused
    operator_,      // start or restart by a person: always obeyed, and the restart budget is new
};

struct StartRequested {
    StartCause cause;
};
struct RestartRequested {};  // by a person
struct StopRequested {};     // by a person
struct Launched {            // the exec has succeeded
    pid_t pid;
};
struct LaunchFailed {  // there is no process
    Error error;
};
struct HandshakeDone {};
struct HandshakeFailed {  // timed out, refused or broken off; the process may still be there
    Error error;
};
struct ProcessExited {  // without having been asked to, or while it was being stopped
    ExitStatus status;
    std::string last_words;  // the end of its stderr, empty when it was silent
};
struct ProbeNotSurvived {};  // the process exited over a question of the modern era: start it without asking
struct HealthFailed {        // alive but useless; the message says why
    Error error;
};
struct Unused {  // running, but nobody has called it for idle_stop
    Duration idle;
};
struct RetryTimer {};          // the delay of arm_retry has passed
struct StopDone {};            // begin_stop or kill is finished: nothing of the process is left
struct ConfigurationChanged {  // what a process is made of; `enabled`: whether there may be one
    bool enabled;
};
struct Shutdown {  // for good: stop, and start nothing any more
    std::string reason = "AgentHub is shutting down";
};

using ServerEvent = std::variant<StartRequested, RestartRequested, StopRequested, Launched, LaunchFailed, HandshakeDone,
                                 HandshakeFailed, ProcessExited, ProbeNotSurvived, HealthFailed, Unused, RetryTimer,
                                 StopDone, ConfigurationChanged, Shutdown>;

struct ServerAction {
    enum class Kind {
        spawn,            // make the process, once nothing of the last one is left → Launched or LaunchFailed
        begin_handshake,  // → HandshakeDone, HandshakeFailed or ProcessExited
        begin_stop,       // close stdin, SIGTERM, SIGKILL, each after stop_timeout → StopDone. Repeated: no effect
        kill,             // SIGKILL to all of it at once → StopDone
        fail_pending,     // answer every call that waits for or at this process with `error`
        arm_retry,        // one timer per server, this replaces the last → RetryTimer after `delay`
        announce,         // the status has changed
    };
    Kind kind;
    Duration delay{0};
    Error error{};
};

struct ServerDecision {
    std::vector<ServerAction> actions;  // in this order
    std::optional<Error> refusal;       // of a start: why it will not happen
};

}  // namespace agenthub
