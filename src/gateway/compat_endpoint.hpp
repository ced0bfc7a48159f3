// The prototype's way to call a server: POST /mcp/{server}/{path} with a JSON-RPC object, without a session.
// Owned by the gateway.

#pragma once

#include <optional>
#include <string_view>

#include "gateway/call_forwarder.hpp"
#include "gateway/call_recorder.hpp"
#include "gateway/compat_request.hpp"
#include "gateway/http_request.hpp"
#include "gateway/http_responder.hpp"
#include "gateway/modern_seats.hpp"
#include "gateway/router.hpp"
#include "gateway/server_directory.hpp"

namespace agenthub {

class CompatEndpoint {
public:
    // A call at an isolated server takes a seat, as those of modern clients do: they have no session either.
    CompatEndpoint(ServerDirectory& servers, CallForwarder& calls, ModernSeats& seats, CallRecorder& recorder)
        : servers_(servers), calls_(calls), seats_(seats), recorder_(recorder) {}

    // 404 of a server that is not configured; nullopt otherwise.
    std::optional<HttpReply> admit(const Route& route) const;

    // Replies with 200 and a JSON-RPC message, errors included; 202 to a notification; 503 with {"detail"} when the
    // server does not run and may not, or could not, be started for the call.
    awaitable<void> serve(const Route& route, HttpRequest& request, HttpResponder& responder);

private:
    using Reply = result<mcp::Message>;

    bool may_run(std::string_view server) const;
    awaitable<void> answer(HttpRequest& request, HttpResponder& responder, std::string_view server,
                           std::string_view method, HttpReply reply, std::string_view why);
    awaitable<void> call(HttpRequest& request, HttpResponder& responder, const std::string& server,
                         CompatRequest asked);
    awaitable<Reply> initialize(const Exchange& exchange, std::string_view server);
    awaitable<Reply> forward(Exchange& exchange, CallRoute& route);

    ServerDirectory& servers_;
    CallForwarder& calls_;
    ModernSeats& seats_;
    CallRecorder& recorder_;
};

}  // namespace agenthub
