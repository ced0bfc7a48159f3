// One HTTP request or MCP call as the loop knows it when it ends: what becomes one row of the activity log.
// A borrowed view; record() copies what it needs.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace agenthub {

enum class Outcome : std::uint8_t {
    ok,
    error,       // the server answered with a JSON-RPC error
    tool_error,  // the tool answered with isError
    failed,      // AgentHub could not do it: no server, no answer, no connection
    cancelled,   // by the client
    refused,     // by AgentHub before any server saw it: limits, rights, malformed
    overflow,    // written by the log itself: `error_text` begins with the number of records that were lost
};

// The name under which the outcome is stored and shown, stable.
std::string_view to_string(Outcome outcome) noexcept;

// Longer texts are cut at a UTF-8 boundary and end with "…", within the limit.
inline constexpr std::size_t kLongTextLimit = 512;   // path, error_text
inline constexpr std::size_t kShortTextLimit = 256;  // the others

struct ActivityRecord {
    std::int64_t unix_ms = 0;  // when the request began, UTC
    std::string_view request_id;
    std::string_view client_id;
    std::string_view client_ip;
    std::string_view http_method;
    std::string_view path;
    int http_status = 0;
    std::string_view mcp_method;
    std::string_view server;
    std::string_view tool;
    std::string_view session;
    Outcome outcome = Outcome::ok;
    int error_code = 0;  // JSON-RPC code; 0: none
    std::string_view error_text;
    std::int64_t duration_us = 0;
    std::int64_t queue_us = 0;   // waiting before the server got it
    std::int64_t server_us = 0;  // in the server
    std::int64_t bytes_in = 0;
    std::int64_t bytes_out = 0;
};

// Where `text` is cut when it is longer than `limit` (>= 4): leaves room for "…" and splits no UTF-8 sequence.
std::size_t clip_point(std::string_view text, std::size_t limit) noexcept;

// `text` as a row holds it: clipped, and NUL replaced by U+FFFD. For filters, which must match what was stored.
std::string stored_text(std::string_view text, std::size_t limit = kShortTextLimit);

}  // namespace agenthub
