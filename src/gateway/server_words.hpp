// Parameters of what AgentHub asks servers on behalf of their clients, JSON text.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "mcp/log_level.hpp"

namespace agenthub {

// `uri` is JSON text.
inline std::string uri_params(std::string_view uri) {
    return R"({"uri":)" + std::string(uri) + "}";
}

inline std::string level_params(mcp::LogLevel level) {
    return R"({"level":")" + std::string(mcp::to_string(level)) + R"("})";
}

}  // namespace agenthub
