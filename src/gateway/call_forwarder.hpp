// Takes a call of either era to its server: through the gate, to the live connection, which it has started if need be.
// Owned by the gateway.

#pragma once

#include "gateway/call_enhancer.hpp"
#include "gateway/call_route.hpp"
#include "gateway/server_clients.hpp"
#include "gateway/server_directory.hpp"

namespace agenthub {

class CallForwarder {
public:
    CallForwarder(ServerDirectory& servers, ServerClients& clients, Enhancer& enhancer)
        : servers_(servers), clients_(clients), enhancer_(enhancer) {}

    // To be called for each exchange that may be forwarded: what its client has asked for in header fields.
    void note_wish(Exchange& exchange, const HttpRequest& request) const { enhancer_.note_wish(exchange, request); }

    // The server's reply in its own words; route.upstream tells whose. `session` is null for a modern client. Errors:
    // as Upstream::call(), ServerDirectory::upstream_for() and CallGate::enter().
    awaitable<result<mcp::Message>> forward(Exchange& exchange, CallRoute& route, const Session* session);

    // The connection for a session that may end meanwhile: errc::cancelled then, and nothing is left of it.
    awaitable<result<std::shared_ptr<Upstream>>> upstream_for(std::string_view server, const Session& session,
                                                              Deadline deadline);

    CallTime time_of_call(std::string_view server) const;

private:
    std::optional<Error> refusal(const Exchange& exchange, const CallRoute& route) const;
    awaitable<void> reword(Exchange& exchange, const CallRoute& route);

    ServerDirectory& servers_;
    ServerClients& clients_;
    CallEnhancer enhancer_;
};

}  // namespace agenthub
