// /ollama/api/*: Ollama's own API, passed through.
// Owned by the gateway.

#pragma once

#include "gateway/model_relay.hpp"

namespace agenthub {

class OllamaRoutes {
public:
    explicit OllamaRoutes(ModelRelay& relay) noexcept : relay_(relay) {}

    awaitable<void> serve(HttpRequest& request, HttpResponder& responder);

private:
    ModelRelay& relay_;
};

// "/ollama/api/chat" with the query "a=b" as Ollama knows it: "/api/chat?a=b".
std::string ollama_target(std::string_view path, std::string_view query);

// A path with "." or ".." for a segment, in any spelling, would lead out of what was named.
bool has_dot_segments(std::string_view path);

}  // namespace agenthub
