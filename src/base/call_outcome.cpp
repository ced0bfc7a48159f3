// What the end of a call tells of its server.
// Pure.

#include "base/call_outcome.hpp"

namespace agenthub {

CallOutcome outcome_of(const Error& error) noexcept {
    if (error.retry_after)
        return CallOutcome::unknown;
    switch (error.code) {
        // The server has answered: with a refusal, or at too great a length.
        case errc::model_unknown:
        case errc::upstream_refused:
        case errc::too_large: return CallOutcome::answered;
        case errc::upstream_unreachable:
        case errc::upstream_failed:
        case errc::call_timeout: return CallOutcome::failed;
        case errc::start_failed:
        case errc::start_exited:
        case errc::start_refused:
        case errc::start_timeout:
        case errc::server_exited:
        case errc::server_unhealthy:
        case errc::server_out_of_memory:
        case errc::write_failed: return CallOutcome::died;
        // Nothing that the server has to do with: cancelled, refused before it saw the call, or AgentHub's own trouble.
        default: return CallOutcome::unknown;
    }
}

}  // namespace agenthub
