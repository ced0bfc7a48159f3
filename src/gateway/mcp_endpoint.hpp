// One MCP endpoint for clients of both eras: decides which a request belongs to.
// Owned by the gateway; borrows the two fronts.

#pragma once

#include <optional>
#include <string_view>

#include "gateway/call_recorder.hpp"
#include "gateway/http_request.hpp"
#include "gateway/http_responder.hpp"
#include "gateway/legacy_endpoint.hpp"
#include "gateway/modern_endpoint.hpp"
#include "gateway/router.hpp"

namespace agenthub {

class McpEndpoint {
public:
    McpEndpoint(LegacyEndpoint& legacy, ModernEndpoint& modern, CallRecorder& recorder)
        : legacy_(legacy), modern_(modern), recorder_(recorder) {}

    // What the header alone tells (media types, transports "Sending Messages to the Server"): a reply refuses.
    std::optional<HttpReply> admit(const HttpRequest& request, RouteId route) const;

    // A request to the endpoint that the route names, with any of its methods and paths.
    awaitable<void> serve(const Route& route, HttpRequest& request, HttpResponder& responder);

private:
    awaitable<void> refuse(HttpRequest& request, HttpResponder& responder, std::string_view endpoint, HttpReply reply,
                           Error why);
    awaitable<void> post(HttpRequest& request, HttpResponder& responder, std::string_view endpoint);

    LegacyEndpoint& legacy_;
    ModernEndpoint& modern_;
    CallRecorder& recorder_;
};

}  // namespace agenthub
