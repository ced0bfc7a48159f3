// The severities of MCP's logging (server/utilities/logging; RFC 5424), least severe first.
// Pure data.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace agenthub::mcp {

enum class LogLevel : std::uint8_t { debug, info, notice, warning, error, critical, alert, emergency };

inline constexpr std::array<std::string_view, 8> kLogLevelNames{"debug", "info",     "notice", "warning",
                                                                "error", "critical", "alert",  "emergency"};

constexpr std::string_view to_string(LogLevel level) noexcept {
    return kLogLevelNames[static_cast<std::size_t>(level)];
}

// The level of a JSON string token such as "\"info\""; nullopt when it names none.
constexpr std::optional<LogLevel> log_level_of(std::string_view token) noexcept {
    for (std::size_t i = 0; i < kLogLevelNames.size(); ++i)
        if (token.size() == kLogLevelNames[i].size() + 2 && token.substr(1, token.size() - 2) == kLogLevelNames[i])
            return static_cast<LogLevel>(i);
    return std::nullopt;
}

}  // namespace agenthub::mcp
