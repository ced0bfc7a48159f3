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
        case errc::parse_error:
        case errc::invalid_request:
        case errc::method_not_found:
        case errc::invalid_params:
        case errc::unsupported:
        case errc::server_unknown:
        case errc::server_disabled:
        case errc::server_stopped:
        case errc::busy:
        case errc::breaker_open:
        case errc::cancelled:
        case errc::io_error:
        case errc::database_error:
        case errc::invalid_config:
        case errc::timeout:
        case errc::internal: return CallOutcome::unknown;
    }
    return CallOutcome::unknown;
}

}  // namespace agenthub
