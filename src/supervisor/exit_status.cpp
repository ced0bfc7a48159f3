// Reads and words a wait status.
// Pure functions.

#include "supervisor/exit_status.hpp"

#include <sys/wait.h>

#include <cstring>

namespace agenthub {

ExitStatus ExitStatus::from_wait_status(int raw) noexcept {
    if (WIFEXITED(raw))
        return {Kind::exited, WEXITSTATUS(raw)};
    if (WIFSIGNALED(raw))
        return {Kind::signaled, WTERMSIG(raw)};
    return {};
}

std::string ExitStatus::describe() const {
    switch (kind) {
        case Kind::exited: return "exited with code " + std::to_string(value);
        case Kind::signaled: {
            if (killed_for_memory)
                return "was killed because memory ran out";
            std::string text = "was killed by signal " + std::to_string(value);
            if (const char* const name = ::sigabbrev_np(value); name != nullptr)
                text.append(" (SIG").append(name).append(")");
            return text;
        }
        case Kind::unknown: break;
    }
    return "ended together with its guard process, which was killed";
}

}  // namespace agenthub
