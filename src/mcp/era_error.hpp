// Errors between the eras: each has codes that the other must not see (protocol revision 2026-07-28: basic, "Error
// codes").
// Pure functions.

#pragma once

#include <optional>
#include <string>

#include "mcp/message.hpp"

namespace agenthub::mcp {

// Each returns a whole JSON-RPC error of the reply's id, in place of an error reply to `request`; nullopt when it can
// pass as it is.

// Of a legacy server for a modern client: "resource not found" has another code there, and names the uri, also where
// the server used the modern code without any data. The error that demands a URL elicitation is the caller's to handle:
// it passes.
std::optional<std::string> error_for_modern(const Message& reply, const Message& request);

// Of a modern server for a legacy client: a resource that was not found, and the modern era's own codes.
std::optional<std::string> error_for_legacy(const Message& reply, const Message& request);

}  // namespace agenthub::mcp
