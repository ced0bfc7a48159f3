// The requests of a client of the modern era. Each stands for itself, so there is nothing to restore but its listens.
// Owned by the bridge; loop thread only.

#pragma once

#include <string>

#include "stdio/client_call.hpp"
#include "stdio/daemon_reach.hpp"
#include "stdio/line_io.hpp"
#include "stdio/tool_memory.hpp"

namespace agenthub {

class ModernCalls {
public:
    // All of them outlive it. `patience`: how long a request waits for the daemon.
    ModernCalls(Executor executor, DaemonHttp& http, DaemonReach& reach, LineOutput& out, ToolMemory& tools,
                Duration patience)
        : executor_(executor), http_(http), reach_(reach), out_(out), tools_(tools), patience_(patience) {}

    // Carries one request, and writes what comes of it. Notifying `call.stop` ends it without an answer, and at the
    // daemon, too: its connection is closed.
    awaitable<void> run(ClientCall& call);

private:
    class ToClient;

    awaitable<void> carry(ClientCall& call);
    awaitable<bool> settle(ClientCall& call, const HttpOutcome& outcome, ToClient& sink);
    awaitable<bool> wait_or_fail(ClientCall& call, ToClient& sink);
    awaitable<void> learn_tools(const ClientCall& call);
    awaitable<void> pause(Duration time);

    Executor executor_;
    DaemonHttp& http_;
    DaemonReach& reach_;
    LineOutput& out_;
    ToolMemory& tools_;
    Duration patience_;
};

// Notifications that tell a listening client that what it listens to may have changed; `listen` is its request.
std::vector<std::string> listen_changes(const mcp::Message& listen);

}  // namespace agenthub
