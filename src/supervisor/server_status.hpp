// The state of one server as everybody outside the supervisor sees it: a plain value that can be copied and sent.
// Written by ServerMachine alone.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace agenthub {

enum class ServerState {
    stopped,   // no process, and none is coming by itself
    starting,  // a process is being made or shakes hands, or its next attempt is scheduled
    running,   // the handshake is done
    stopping,  // the process is being ended
    failed,    // given up: an operator's start, or a call after next_attempt, tries again
};

// The names the prototype's clients know.
std::string_view to_string(ServerState state) noexcept;

// Times are milliseconds since the epoch.
struct ServerStatus {
    ServerState state = ServerState::stopped;
    std::string reason = "not started yet; the first call starts it";  // why it is in this state
    std::int64_t since_ms = 0;                                         // when it entered this state
    std::optional<std::int64_t> next_attempt_ms;                       // when it is tried again, or may be by a call
    std::optional<std::int64_t> started_ms;                            // when the present process was made
    std::optional<std::int32_t> pid;                                   // of the server; none without a process
    std::uint32_t restart_count = 0;      // automatic restarts since an operator last started or stopped it
    std::string last_error;               // what ended the last process; kept until the next failure
    std::optional<errc> last_error_code;  // the class of that failure, see policy_of()

    bool operator==(const ServerStatus&) const = default;
};

// Of several processes of one server as one: the best state that any of them is in, and how many are in which.
ServerStatus combined_status(const std::vector<const ServerStatus*>& all);

}  // namespace agenthub
