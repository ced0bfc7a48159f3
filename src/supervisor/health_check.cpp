// Judging the answers to health probes.
// Pure.

#include "supervisor/health_check.hpp"

#include <tuple>

#include "base/redactor.hpp"
#include "mcp/names.hpp"

namespace agenthub {

HealthCheck::HealthCheck(const ServerConfig& server)
    : probe_(server.health_check),
      interval_(server.health_check_interval),
      timeout_(server.health_check_timeout),
      limit_(server.health_check_failures) {}

bool HealthCheck::take(const result<mcp::Message>& outcome) {
    fault_ = fault_of(outcome);
    failures_ = fault_.empty() ? 0 : failures_ + 1;
    return failures_ == 0;
}

std::string HealthCheck::fault_of(const result<mcp::Message>& outcome) const {
    if (!outcome)
        return outcome.error().message;
    if (probe_.method == mcp::method::ping)
        return {};
    if (outcome->kind() == mcp::Kind::error)
        return "it answered with the error " + redacted_clip(outcome->error_member(), 300);
    if (outcome->tool_error())
        return "the tool answered with isError: " + redacted_clip(outcome->result_member(), 300);
    return {};
}

std::string HealthCheck::complaint() const {
    return "failed its health check (" + probe_.method + "), " + std::to_string(failures_) + " of " +
           std::to_string(limit_) + ": " + fault_;
}

bool same_health_check(const ServerConfig& one, const ServerConfig& other) noexcept {
    const auto of = [](const ServerConfig& server) {
        return std::tie(server.health_check_interval, server.health_check_timeout, server.health_check_failures,
                        server.health_check);
    };
    return of(one) == of(other);
}

}  // namespace agenthub
