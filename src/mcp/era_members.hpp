// The members that the modern era adds to requests and results (2026-07-28), and where a text has them.
// Pure data.

#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "mcp/span.hpp"

namespace agenthub::mcp {

// Of params._meta, on every request; each stands behind kMetaPrefix.
inline constexpr std::string_view kMetaPrefix = "io.modelcontextprotocol/";
enum class MetaKey : std::uint8_t { protocol_version, client_capabilities, client_info, log_level };
inline constexpr std::array<std::string_view, 4> kMetaKeys{"protocolVersion", "clientCapabilities", "clientInfo",
                                                           "logLevel"};
// Of a result.
enum class ResultKey : std::uint8_t { result_type, ttl_ms, cache_scope };
inline constexpr std::array<std::string_view, 3> kResultKeys{"resultType", "ttlMs", "cacheScope"};

// A member of an object: where its key begins and its value stands. Empty when there is none.
struct MemberSpan {
    std::uint32_t key = 0;
    Span value;
    constexpr Span whole() const noexcept { return {key, value.end}; }
};

}  // namespace agenthub::mcp
