// What a refusal by the daemon or by a server means to the person at the terminal, and what to do next.
// Pure functions.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/error.hpp"
#include "cli/daemon_client.hpp"

namespace agenthub {

// A JSON-RPC error: its message, data.code, data.reason, the code, and the next step. `error` is the "error" member.
Error describe_rpc_error(const nlohmann::json& error);

// A reply that is not what was asked for: a JSON-RPC error, AgentHub's {"detail": …}, or something foreign.
Error describe_http_reply(const DaemonReply& reply, const DaemonUrl& url);

}  // namespace agenthub
