// What a client must have in its configuration to use AgentHub.
// Pure functions and values.

#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "clients/client_kind.hpp"

namespace agenthub {

// Which endpoint the client is to use. At most one of `server` and `view` is set; without them it is the one for all.
struct ClientEndpoint {
    std::string url;  // of the daemon, without a slash at its end: "http://host:port", or "unix:/path"
    std::string server;
    std::string view;
    std::string program;  // the agenthub program, absolute: clients with a window do not search $PATH as a shell does
};

// One entry of ours in a client's configuration: a member of an object, or an element of a list that its "label" names.
struct ClientEntry {
    std::string container;  // member of the document's object that holds it
    std::string key;
    bool in_list = false;
    nlohmann::ordered_json value;
};

// The entries. Clients that speak Streamable HTTP get the URL; over a Unix socket, and for Claude Desktop, it is the
// command `agenthub stdio`. errc::unsupported: that client has none of those, or none for one server alone.
result<std::vector<ClientEntry>> client_entries(ClientKind kind, const ClientEndpoint& endpoint);

// A whole document for a client that has none yet: JSON, or for Raycast a script for bash. Ends with a line break.
// Errors as above.
result<std::string> client_document(ClientKind kind, const ClientEndpoint& endpoint);

// "application/json", or "text/plain; charset=utf-8" for a script.
std::string_view document_type(ClientKind kind) noexcept;

// A document of nothing but these entries.
nlohmann::ordered_json fresh_document(const std::vector<ClientEntry>& entries);

}  // namespace agenthub
