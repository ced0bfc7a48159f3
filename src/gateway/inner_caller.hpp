// Calls that AgentHub makes itself on behalf of a client, for batches and pipelines. They go the way of any other call:
// rights, hooks, gate, enhancement, a row of their own in the activity.
// Owned by the gateway.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/call_forwarder.hpp"
#include "gateway/call_recorder.hpp"
#include "gateway/call_scope.hpp"
#include "gateway/modern_seats.hpp"
#include "gateway/server_directory.hpp"

namespace agenthub {

// On whose behalf, and because of which request.
struct InnerOrigin {
    mcp::Caller caller;
    Uuid request_id;
    std::string path;     // of that request, for the activity
    http::fields fields;  // of it: those that CallEnhancer::fields_of() names
    unsigned depth = 1;   // how many such calls the calls made for it stand in, themselves included
};

// Of an HTTP request without a session: it is the client's own, and the calls made for it have depth 1.
InnerOrigin origin_of(const HttpRequest& request);
// Of a call that the built-in server hub is answering.
InnerOrigin origin_of(const Exchange& exchange);

struct InnerCall {
    std::string server, tool;
    std::string arguments = "{}";     // JSON text of an object
    std::optional<Duration> timeout;  // whatever progress there is; nullopt: as the server's configuration says
    // Gets what the server notifies of meanwhile, progress for one; empty: nobody does.
    std::function<void(const mcp::Message&)> notify;
};

class InnerCaller {
public:
    // A call at an isolated server takes a seat, as all clients without a session do.
    InnerCaller(ServerDirectory& servers, CallForwarder& calls, ModernSeats& seats, CallRecorder& recorder)
        : servers_(servers), calls_(calls), seats_(seats), recorder_(recorder) {}

    // One tools/call, to its answer; when `scope` ends it is cancelled at its server. Errors: as
    // CallForwarder::forward(), errc::cancelled. Origin, call and scope outlive it.
    awaitable<result<mcp::Message>> call(const InnerOrigin& origin, const InnerCall& call, CallScope& scope);

    // Carrying it out twice is as good as once: so its annotations say (readOnlyHint, idempotentHint), as far as the
    // server's catalogue is known.
    bool is_repeatable(std::string_view server, std::string_view tool) const;

private:
    ServerDirectory& servers_;
    CallForwarder& calls_;
    ModernSeats& seats_;
    CallRecorder& recorder_;
};

// Cancels what was begun for a client when that closes its connection. Never returns: for ends_before().
awaitable<void> end_when_left(CallScope& scope, HttpResponder& responder);

// The error object of JSON-RPC for a failure of AgentHub's own, JSON text: code, message, data.
std::string error_object(const Error& error);

}  // namespace agenthub
