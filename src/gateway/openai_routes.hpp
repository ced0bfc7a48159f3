// /v1/*: the part of OpenAI's API that Ollama speaks, passed through to it, behind API keys where there are any.
// Owned by the gateway; borrows the configuration.

#pragma once

#include <optional>

#include "config/config.hpp"
#include "gateway/model_relay.hpp"

namespace agenthub {

class OpenAiRoutes {
public:
    OpenAiRoutes(const Config& config, ModelRelay& relay) noexcept : config_(config), relay_(relay) {}

    // 401 when the configuration has keys and the request has none of them (RFC 6750 section 3).
    std::optional<HttpReply> admit(const HttpRequest& request) const;
    // An admitted request, as its key's client where there are keys.
    awaitable<void> serve(HttpRequest& request, HttpResponder& responder);

private:
    const Config& config_;
    ModelRelay& relay_;
};

}  // namespace agenthub
