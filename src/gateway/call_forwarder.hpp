// Takes a call of either era to its server: through the gate, to the live connection, which it has started if need be.
// Owned by the gateway.

#pragma once

#include "gateway/call_enhancer.hpp"
#include "gateway/call_hooks.hpp"
#include "gateway/call_recorder.hpp"
#include "gateway/call_route.hpp"
#include "gateway/server_clients.hpp"
#include "gateway/server_directory.hpp"

namespace agenthub {

class CallForwarder {
public:
    CallForwarder(ServerDirectory& servers, ServerClients& clients, Enhancer& enhancer, const CallHooks& hooks,
                  const CallRecorder& recorder)
        : servers_(servers), clients_(clients), enhancer_(enhancer), hooks_(hooks), recorder_(recorder) {}

    // To be called for each exchange that may be forwarded: which request it came with, and what its client has asked
    // for in header fields.
    void note_wish(Exchange& exchange, const HttpRequest& request) const {
        exchange.request_id = request.id;
        enhancer_.note_wish(exchange, request);
    }

    // The server's reply in its own words; route.upstream tells whose, and is null where a hook has answered instead.
    // `session` is null for a modern client. Errors: as Upstream::call(), ServerDirectory::upstream_for() and
    // CallGate::enter(); errc::unrecorded, errc::forbidden, errc::hook_refused, errc::hook_failed.
    awaitable<result<mcp::Message>> forward(Exchange& exchange, CallRoute& route, const Session* session);

    // The connection for a session that may end meanwhile: errc::cancelled then, and nothing is left of it.
    awaitable<result<std::shared_ptr<Upstream>>> upstream_for(std::string_view server, const Session& session,
                                                              Deadline deadline);

    // errc::forbidden for a request of this caller that its rights do not cover: for those who have to say something
    // else about it first. forward() asks by itself.
    std::optional<Error> forbidden(const mcp::Caller& caller, std::string_view server,
                                   const mcp::Message& request) const {
        return hooks_.refusal(caller, server, request, {});
    }

    // The same for hearing of a resource; `uri` is JSON text.
    bool may_subscribe(const mcp::Caller& caller, std::string_view server, std::string_view uri) const;

    CallTime time_of_call(std::string_view server) const;

private:
    awaitable<result<mcp::Message>> judge(Exchange& exchange, CallRoute& route, const Session* session);
    awaitable<result<mcp::Message>> carry(Exchange& exchange, CallRoute& route, const Session* session);
    std::optional<Error> refusal(const Exchange& exchange, const CallRoute& route) const;
    awaitable<void> reword(Exchange& exchange, const CallRoute& route);

    ServerDirectory& servers_;
    ServerClients& clients_;
    CallEnhancer enhancer_;
    const CallHooks& hooks_;
    const CallRecorder& recorder_;
};

}  // namespace agenthub
