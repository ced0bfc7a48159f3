// GET /hooks: what is configured, and what has become of it. POST /hooks/test: what would happen to a call.
// Owned by the gateway.

#pragma once

#include "gateway/admin_documents.hpp"
#include "gateway/call_hooks.hpp"
#include "gateway/http_request.hpp"
#include "gateway/router.hpp"

namespace agenthub {

class HooksRoutes {
public:
    explicit HooksRoutes(const CallHooks& hooks) noexcept : hooks_(hooks) {}

    awaitable<HttpReply> serve(RouteId id, const HttpRequest& request);

private:
    HttpReply list() const;
    // Asks the rights and the hooks before the call, and calls no server. Nothing is counted, kept or used up; commands
    // and endpoints are asked, with a word that it is a dry run.
    awaitable<HttpReply> test(const HttpRequest& request);
    awaitable<Document> try_out(mcp::Message call, mcp::Caller caller, std::string server, const HttpRequest& request);

    const CallHooks& hooks_;
};

}  // namespace agenthub
