// Prompt enhancement over HTTP: /ollama/enhance, /ollama/stats and /ollama/reset, and the same under /llm.
// Owned by the gateway.

#pragma once

#include "bridge/model_backend.hpp"
#include "enhance/enhancer.hpp"
#include "gateway/http_request.hpp"
#include "gateway/http_responder.hpp"
#include "gateway/router.hpp"

namespace agenthub {

class EnhanceRoutes {
public:
    EnhanceRoutes(Enhancer& enhancer, ModelBackend& backend) noexcept : enhancer_(enhancer), backend_(backend) {}

    // The reply to one of these routes; that `responder` will write it tells whether anybody waits for it.
    awaitable<HttpReply> serve(RouteId id, const HttpRequest& request, const HttpResponder& responder);

private:
    awaitable<HttpReply> enhance(const HttpRequest& request, const HttpResponder& responder);
    HttpReply stats();
    HttpReply reset();

    Enhancer& enhancer_;
    ModelBackend& backend_;
};

// Whose rule applies to what a request asks, over HTTP and in chats: X-Client-Name says it. The prototype's clients mix
// that up with X-Client-ID, so this one counts where it names a rule and the other says nothing.
std::string rule_client_of(const HttpRequest& request, const EnhancementConfig& config);

}  // namespace agenthub
