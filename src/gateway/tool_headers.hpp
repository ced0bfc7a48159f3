// Which arguments of which tools modern clients repeat in header fields, as the servers' lists of tools say
// (2026-07-28 basic/transports/streamable-http, "Custom Headers from Tool Parameters").
// Owned by the modern endpoint; a cache, read anew when a list has changed.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "mcp/param_headers.hpp"
#include "supervisor/catalogue.hpp"

namespace agenthub {

class ToolHeaders {
public:
    // The annotations of a server's tool; null when it has none. `tool` is plain. Valid until the next call.
    const mcp::ParamHeaders* of(std::string_view server, const Catalogue& catalogue, std::string_view tool);

private:
    struct Server {
        std::uint64_t revision = 0;                                   // of the catalogue
        std::map<std::string, mcp::ParamHeaders, std::less<>> tools;  // those with annotations
    };
    std::map<std::string, Server, std::less<>> servers_;
};

}  // namespace agenthub
