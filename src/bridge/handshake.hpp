// The opening of a connection to a server: which era it speaks, and what it says of itself.
// Lives for one opening; borrows the bridge.

#pragma once

#include <string>

#include "bridge/stdio_bridge.hpp"

namespace agenthub {

// As whom AgentHub introduces itself to a server. JSON texts of objects.
struct Introduction {
    std::string capabilities, client_info;
};

// For a process that serves whoever comes: what some client can, whoever it is. Roots are always somebody's own.
Introduction shared_introduction();

struct HandshakePlan {
    // Whether to ask for the modern era first, and whether to go on with the legacy one; not both false.
    bool probe = true;
    bool initialize = true;
    // A server that knows nothing of server/discover may not answer at all.
    Duration probe_limit{5'000};
    Introduction introduction;
};

class Handshake {
public:
    // `server` names the server in messages. The bridge outlives it.
    Handshake(StdioBridge& bridge, std::string server, HandshakePlan plan)
        : bridge_(bridge), server_(std::move(server)), plan_(std::move(plan)) {}

    // Probe by server/discover (2026-07-28 stdio, "Detecting the era"), then initialize and notifications/initialized
    // (lifecycle), as planned. Errors: errc::start_timeout, errc::start_refused, errc::start_exited.
    awaitable<result<ServerInfo>> run(Deadline deadline);

    // The server has been sent something that some old servers do not survive.
    bool is_probing() const noexcept { return probing_; }

private:
    awaitable<result<ServerInfo>> initialize(Deadline deadline);
    result<ServerInfo> read_discovery(const result<mcp::Message>& reply, bool& is_modern) const;
    Error no_answer(const Error& why, std::string_view method) const;
    Error refused(const mcp::Message& reply, std::string_view method) const;

    StdioBridge& bridge_;
    std::string server_;
    HandshakePlan plan_;
    bool probing_ = false;
};

}  // namespace agenthub
