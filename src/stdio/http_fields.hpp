// The header fields with which a message of a client over stdio goes on by HTTP.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "bridge/http_message.hpp"
#include "mcp/message.hpp"
#include "stdio/tool_memory.hpp"

namespace agenthub {

// Of every POST, and besides them `more`.
HttpFields post_fields();
HttpFields post_fields(HttpFields more);

// Of whatever belongs to a session; `version` is the revision agreed on. What there is nothing for is left out.
HttpFields session_fields(std::string_view session_id, std::string_view version);

// Of a request of the modern era, which repeats in them what it says in its body (2026-07-28, basic/transports/
// streamable-http, "Standard Request Headers", "Custom Headers from Tool Parameters").
HttpFields modern_fields(const mcp::Message& request, const ToolMemory& tools);

}  // namespace agenthub
