// What the tests of AgentHub's own questions to Ollama share.
// Header only; each test owns what it makes.

#pragma once

#include "bridge/ollama_client.hpp"
#include "tests/bridge/http_peer.hpp"

namespace agenthub::ollama_rig {

inline OllamaConfig config_of(const PeerRig& rig) {
    OllamaConfig config;
    config.url = rig.url();
    config.model = "configured";
    return config;
}

// One question beside the test.
template <class T>
struct Question {
    explicit Question(Executor executor) : done(executor) {}
    Event done;
    std::optional<result<T>> outcome;
};

template <class T>
awaitable<void> ask(awaitable<result<T>> answer, Question<T>& out) {
    auto outcome = co_await std::move(answer);
    out.outcome.emplace(std::move(outcome));
    out.done.notify();
}

inline GenerateRequest request(std::string model = {}) {
    GenerateRequest out;
    out.model = std::move(model);
    out.prompt = "a prompt";
    return out;
}

}  // namespace agenthub::ollama_rig
