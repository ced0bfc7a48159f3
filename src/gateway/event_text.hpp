// Server-sent events as bytes (HTML standard, section 9.2; MCP transports).
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "base/async.hpp"
#include "mcp/message.hpp"

namespace agenthub {

// One JSON-RPC message as an event; without `event_id` it has none. A message is one line: one data field holds it.
void append_event(std::string& out, std::string_view event_id, std::string_view message);
// The same for a reply, with `id` (JSON text) in place of its own.
void append_event(std::string& out, std::string_view event_id, const mcp::Message& reply, std::string_view id);

// The event that opens a stream since 2025-11-25: where to resume, and how long to wait before it. It has no message.
std::string priming_event(std::string_view event_id, Duration retry);

// The event that opens a stream of HTTP+SSE (2024-11-05): where to POST to.
std::string endpoint_event(std::string_view uri);

}  // namespace agenthub
