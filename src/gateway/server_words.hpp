// Parameters of what AgentHub asks servers on behalf of their clients, JSON text.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "gateway/subscriber.hpp"
#include "mcp/log_level.hpp"

namespace agenthub {

// What a server is asked to tell of, or not any more.
inline std::string params_of(const Subscription& what) {
    return std::string(what.is_task ? R"({"taskId":)" : R"({"uri":)") + what.uri + "}";
}

inline std::string level_params(mcp::LogLevel level) {
    return R"({"level":")" + std::string(mcp::to_string(level)) + R"("})";
}

}  // namespace agenthub
