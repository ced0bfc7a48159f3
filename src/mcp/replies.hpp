// The few JSON-RPC messages that AgentHub writes itself.
// Pure functions; each returns one line of JSON without a line break.

#pragma once

#include <string>
#include <string_view>

namespace agenthub::mcp {

// A successful response; `id` and `result` are JSON text.
std::string make_response(std::string_view id, std::string_view result);

// An error response. `id` is JSON text, empty for null; `data` is JSON text, empty for none.
std::string make_error(std::string_view id, int code, std::string_view message, std::string_view data = {});

// A request or, with an empty id, a notification; `params` is JSON text, empty for none.
std::string make_call(std::string_view id, std::string_view method, std::string_view params = {});

}  // namespace agenthub::mcp
