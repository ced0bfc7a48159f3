// A server's reply in the words of its client's era and revision.
// Pure functions; where the eras are the same the bytes stay as they are.

#pragma once

#include <string>

#include "base/error.hpp"
#include "mcp/message.hpp"
#include "mcp/revision.hpp"

namespace agenthub {

// Another text in the reply's place; one that is no message leaves it as it is.
void replace_text(mcp::Message& reply, std::string text);

// The reply to a request that no server of an endpoint for many can be asked: `error`, and for a resource the code that
// legacy servers have for it.
mcp::Message reply_of_nobody(const mcp::Message& request, const Error& error);

// For a client of the legacy era: what only modern servers say goes, and content that the revision lacks becomes text.
void adapt_for_legacy(mcp::Message& reply, const mcp::Message& request, mcp::Revision client, bool modern_server);

}  // namespace agenthub
