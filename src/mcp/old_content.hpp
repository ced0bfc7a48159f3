// Content types that a client's revision does not know yet, as text (server/tools and server/prompts, "Content").
// Pure functions.

#pragma once

#include <optional>
#include <string>

#include "mcp/message.hpp"
#include "mcp/revision.hpp"

namespace agenthub::mcp {

// The reply's text for a client of that revision: each item of result.content, and each content of result.messages,
// whose type came later is a text that says what it was; its annotations and _meta stay, and so does every other byte.
// nullopt: there is nothing to change. Costs nothing for revisions that know all types.
std::optional<std::string> text_for_old_client(const Message& reply, Revision client);

}  // namespace agenthub::mcp
