// What a request of the modern era must be like, checked before anything is done for it (protocol revision 2026-07-28,
// basic, "_meta" and "Error codes"; basic/transports/streamable-http, "Standard Request Headers").
// Pure functions.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mcp/header_value.hpp"
#include "mcp/message.hpp"

namespace agenthub::mcp {

// A refusal: the HTTP status, and the error to answer with the request's id.
struct ModernFault {
    unsigned http_status;
    int code;
    std::string message;
    std::string data;  // JSON text, empty for none
};

// What a request says of itself; the texts are the message's.
struct ModernMeta {
    std::string_view version;       // plain
    std::string_view capabilities;  // JSON object
    std::string_view client_info;   // JSON object, empty when absent
    std::string_view log_level;     // JSON text of a level's name, empty when absent
};

// The revisions that are served, as a JSON array: for server/discover and for refusals.
std::string modern_versions();

// The header field MCP-Protocol-Version (empty when absent) names a revision that is none of the legacy era.
bool names_modern(std::string_view version_header);

// The message is of the modern era, which is to say: it has a protocol version in its _meta, or the header field
// MCP-Protocol-Version names one.
bool claims_modern(const Message& message, std::string_view version_header);

// Checks a message that claims to be modern, in the order: _meta, the version in header and body, the version itself,
// the header fields Mcp-Method and Mcp-Name, the method. Fills `out`. The header fields of a tool's parameters are
// param_headers.hpp's. A notification need not have _meta, nor the fields; an answer is refused.
std::optional<ModernFault> check_modern(const Message& message, const HeaderSource& headers, ModernMeta& out);

// A refusal because a header field and the body differ.
ModernFault header_fault(std::string message);

}  // namespace agenthub::mcp
