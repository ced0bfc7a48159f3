// What is POSTed to the compatibility route, /mcp/{server}/{path}, as a message of MCP.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "mcp/message.hpp"

namespace agenthub {

struct CompatRequest {
    std::string id;  // as the client wrote it, JSON text, for the reply; empty: it wrote none
    // The request, with an id of its own, or the notification. Errors: errc::parse_error, errc::invalid_request,
    // errc::invalid_params.
    result<mcp::Message> message;
};

// `body` is one JSON-RPC object. It may lack "jsonrpc", as what the prototype's clients send does, and its id may be
// any scalar. Without "method" it is a request, also without an id, for the method that `path` names: "tools/list",
// or "tools.list" as the prototype read it. An empty body is an empty object.
CompatRequest read_compat_request(std::string_view body, std::string_view path);

// A list of tools in which each inputSchema of type object has properties, as the prototype's clients rely on; any
// other result as it is. Both are JSON texts.
std::string with_schema_properties(std::string_view result);

}  // namespace agenthub
