// Whether a running server still works: what it is asked, what counts as an answer, and how many failures are too many.
// A value on the frame of the coroutine that asks. Pure.

#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "config/config.hpp"
#include "mcp/message.hpp"

namespace agenthub {

class HealthCheck {
public:
    explicit HealthCheck(const ServerConfig& server);

    // The request to send, and the times of a round; an interval of zero: no check at all.
    std::string_view method() const noexcept { return probe_.method; }
    std::string_view params() const noexcept { return probe_.params; }
    Duration interval() const noexcept { return interval_; }
    Duration timeout() const noexcept { return timeout_; }

    // Takes the outcome of one probe. False: it failed, and complaint() says how. Whatever answers a ping is alive; who
    // configured another request wants to know that it works, so an error fails it.
    bool take(const result<mcp::Message>& outcome);
    // As many failures in a row as the configuration allows.
    bool is_lost() const noexcept { return failures_ >= limit_; }

    // "failed its health check (ping), 2 of 3: …".
    std::string complaint() const;

private:
    std::string fault_of(const result<mcp::Message>& outcome) const;

    HealthProbe probe_;
    Duration interval_, timeout_;
    int limit_;
    int failures_ = 0;  // in a row
    std::string fault_;
};

// True when checks of the one configuration are those of the other.
bool same_health_check(const ServerConfig& one, const ServerConfig& other) noexcept;

}  // namespace agenthub
