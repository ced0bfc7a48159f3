// One place that says what a failure becomes for a client: HTTP status, JSON-RPC code, JSON-RPC error text.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "gateway/http_request.hpp"

namespace agenthub {

struct ErrorMapping {
    unsigned http_status;  // where the failure is the HTTP request's own
    int rpc_code;          // JSON-RPC error code
};

ErrorMapping mapping_of(errc code) noexcept;

// The JSON-RPC error line for `error`; data.code and data.reason are the stable number and name of its code, and
// data.retry says whether repeating is safe: "safe" (not started), "later" (busy), "unknown" (may have been carried
// out), "no".
// data.retry_after, where there is one, is in whole seconds.
std::string rpc_error(std::string_view id, const Error& error);

// The same as an HTTP reply with the status of its code, and Retry-After where the error says when.
HttpReply failed_call_reply(std::string_view id, const Error& error);

// A full queue, or a record that cannot be kept, is AgentHub's own: HTTP says so too, and when to come back.
bool is_own_refusal(const Error& error) noexcept;

// An HTTP error whose body is a JSON-RPC error without id, as the MCP transports allow.
HttpReply rpc_error_reply(unsigned status, int rpc_code, std::string_view message);

}  // namespace agenthub
