// What modern clients are answered: AgentHub's own results, and the servers' in the words of that era.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "bridge/server_info.hpp"
#include "mcp/caller.hpp"
#include "mcp/message.hpp"
#include "mcp/patch_list.hpp"

namespace agenthub {

// The result of server/discover: the server's own words under our versions.
std::string discover_result(const ServerInfo& info);

// The HTTP status of a reply (basic/transports/streamable-http, "Status codes"; basic, "Error codes").
unsigned status_of(const mcp::Message& reply) noexcept;

// A missing capability as the client is told of it; `path` as mcp::missing_capability() names it.
std::string missing_capability_error(std::string_view id, std::string_view path);

// A legacy server that wants its user to visit a page answers with an error that names it; for a modern client that is
// a question, too, and the reply becomes one (client/mrtr). Any other reply stays as it is.
void ask_for_visit(mcp::Message& reply, const mcp::Caller& caller);

// For how long, and for whom, the reply to a cacheable method may be kept.
struct Freshness {
    std::int64_t ttl_ms = 0;
    bool is_private = true;
};
Freshness freshness_of(std::string_view method, const ServerInfo& info, bool shared) noexcept;

// What makes a legacy server's response one for a modern client: patches, of which `scratch` keeps the bytes. An error
// stays as it is.
void adapt_for_modern(const mcp::Message& reply, const mcp::Message& request, const ServerInfo& info, bool shared,
                      mcp::PatchList& patches, std::string& scratch);
// An error of a legacy server, with the code that it has for a modern client.
void reword_for_modern(mcp::Message& error, const mcp::Message& request, const ServerInfo& info);

}  // namespace agenthub
