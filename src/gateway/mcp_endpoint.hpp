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

namespace agenthub {

class McpEndpoint {
public:
    McpEndpoint(LegacyEndpoint& legacy, ModernEndpoint& modern, CallRecorder& recorder)
        : legacy_(legacy), modern_(modern), recorder_(recorder) {}

    // What the header alone tells (media types, transports "Sending Messages to the Server"): a reply refuses.
    std::optional<HttpReply> admit(const HttpRequest& request) const;

    // A request to the endpoint of that name, with any of its methods.
    awaitable<void> serve(HttpRequest& request, HttpResponder& responder, std::string_view endpoint);

private:
    awaitable<void> post(HttpRequest& request, HttpResponder& responder, std::string_view endpoint);

    LegacyEndpoint& legacy_;
    ModernEndpoint& modern_;
    CallRecorder& recorder_;
};

}  // namespace agenthub
