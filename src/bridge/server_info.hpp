// What a server said of itself in its handshake.
// A value.

#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace agenthub {

// JSON texts are kept as the server wrote them, so that nothing of them is lost on the way to a client.
struct ServerInfo {
    std::string protocol_version;     // plain text
    std::string capabilities = "{}";  // JSON text
    std::string server_info = "{}";   // JSON text: name, version, title, icons …
    std::string instructions;         // JSON text of the string; empty when absent
    bool has_tools = false;           // capabilities.tools, and so on
    bool has_prompts = false;
    bool has_resources = false;
    bool can_subscribe = false;     // capabilities.resources.subscribe
    bool has_logging = false;       // capabilities.logging
    bool tools_change = false;      // capabilities.tools.listChanged
    bool prompts_change = false;    // capabilities.prompts.listChanged
    bool resources_change = false;  // capabilities.resources.listChanged
    bool modern = false;            // of the era of 2026-07-28: no session, everything with each request
};

// Reads the result of `initialize` (lifecycle, "Initialization"). Errors: errc::start_refused naming what is missing.
result<ServerInfo> read_server_info(std::string_view initialize_result);

// Reads the result of `server/discover` (2026-07-28 server/discover). Errors: errc::start_refused.
result<ServerInfo> read_discover_result(std::string_view discover_result);

// The server has the extension io.modelcontextprotocol/tasks (2026-07-28).
bool has_tasks(const ServerInfo& info);

// What of the server's capabilities clients may use that share its process: core tasks (2025-11-25) of all of them
// would be listed to each, because tasks/list knows no owner.
std::string shared_capabilities(std::string_view capabilities);

// The result of `initialize` that a client of revision `version` gets: the server's own words under our version.
std::string initialize_result_for(const ServerInfo& info, std::string_view version);

}  // namespace agenthub
