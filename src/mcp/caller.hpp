// Who asks: what is known of the client behind one request. Every request has one, also an anonymous one.
// A value without pointers, so that it can be written to bytes and made from bytes.

#pragma once

#include <chrono>
#include <string>

#include "mcp/revision.hpp"

namespace agenthub::mcp {

struct Caller {
    std::string principal = "anonymous";  // whose rights apply; credentials will fill it
    std::string client_id = "anonymous";  // X-Client-ID, else X-Client-Name, else clientInfo.name
    std::string client_ip;                // the peer's address; "unix" over a Unix socket
    std::string session_id;               // empty outside of a session
    std::string capabilities = "{}";      // as the client declared them, JSON text
    std::string client_info;              // what it calls itself, JSON text of an object; empty: it did not say
    Revision revision = kAssumedOverHttp;
    bool can_answer = false;                        // it declared sampling, elicitation or roots
    std::chrono::steady_clock::time_point since{};  // when it came

    // Who it is across its sessions: by its credentials if there are any, else by what it calls itself.
    const std::string& name() const noexcept { return principal == "anonymous" ? client_id : principal; }
};

}  // namespace agenthub::mcp
