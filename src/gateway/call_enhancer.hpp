// Makes the prompts in MCP calls better on their way to the server, where a header field or the client's rule says so.
// Owned by the gateway; both eras, and every endpoint, pass it in CallForwarder.

#pragma once

#include <string_view>

#include "bridge/exchange.hpp"
#include "enhance/enhancer.hpp"
#include "gateway/call_route.hpp"
#include "gateway/http_request.hpp"

namespace agenthub {

class CallEnhancer {
public:
    // The key of the note in a result's _meta.
    static constexpr std::string_view kNote = "agenthub/enhanced";

    explicit CallEnhancer(Enhancer& enhancer) noexcept : enhancer_(enhancer) {}

    // When the call has come: notes on it whether its prompt may have to be enhanced, and by whose rule. X-Enhance
    // says 1, true, yes or on; 0, false, no or off switch the rule off for this call.
    void note_wish(Exchange& exchange, const HttpRequest& request) const;

    // Those that note_wish() reads, of a request that its call outlives.
    static http::fields fields_of(const HttpRequest& request);

    // Before it goes on to route.server: waits for the better prompt, for no longer than the rule's budget, the call's
    // deadline and its client do. False: there is nothing to be made better.
    awaitable<bool> reword(Exchange& exchange, const CallRoute& route);

    // Puts the note into the server's reply.
    static void tell(const Exchange& exchange, mcp::Message& reply);

private:
    Enhancer& enhancer_;
};

}  // namespace agenthub
