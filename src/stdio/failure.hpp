// What a client is answered when its request could not be brought to the daemon, or back.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "mcp/message.hpp"
#include "stdio/daemon_http.hpp"

namespace agenthub {

// A JSON-RPC error with `data` as the daemon's own have it: code, reason, retry. `id` is JSON text.
std::string failure_reply(std::string_view id, const Error& error);

// The error that an HTTP refusal carries, under the id of the request; one that tells the status when it carries none.
std::string refusal_reply(std::string_view id, const HttpOutcome& refusal);
// Its JSON-RPC code; 0 when it has none.
int refusal_code(const HttpOutcome& refusal);

// The session is unknown: it ended with the daemon that had it.
bool is_session_lost(const HttpOutcome& outcome);

// The request reached the daemon, and its answer did not come back.
Error outcome_unknown(const mcp::Message& request);

}  // namespace agenthub
