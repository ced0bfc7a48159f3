// Which room of the gateway serves a route.
// Pure.

#pragma once

#include <cstdint>

#include "gateway/router.hpp"

namespace agenthub {

enum class RouteArea : std::uint8_t {
    // These write their reply and record it themselves, for it may be a stream, or another's.
    mcp,
    compat,
    batch,
    pipelines,
    ollama,
    openai,
    activity_rows,
    // (A new one stands before this line, in area_of(), and in Gateway::write.)
    // These hand back a reply, which Gateway::document passes on as it is …
    page,
    client_config,
    prompt,
    // … and these a document about the daemon, which passes the redactor.
    audit,
    hooks,
    activity,
    admin,
};

RouteArea area_of(RouteId id) noexcept;

// Whoever asks there makes calls of servers.
bool makes_calls(RouteId id) noexcept;

constexpr bool writes_itself(RouteArea area) noexcept {
    return area < RouteArea::page;
}

}  // namespace agenthub
