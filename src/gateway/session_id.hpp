// Session ids are made and read here alone. Visible ASCII, unguessable (MCP transports, "Session Management").
// Pure, but for the random numbers.

#pragma once

#include <string>
#include <string_view>

namespace agenthub {

// "<owner tag>.<32 hex digits>". The tag names the node that owns the session, so that another node can forward to it;
// a single node's tag is "a".
std::string make_session_id(std::string_view owner_tag = "a");

// The owner tag of a well-formed id; empty for anything else.
std::string_view session_owner(std::string_view id) noexcept;

}  // namespace agenthub
