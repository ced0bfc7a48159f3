// Where prompts are made better: whatever runs language models for AgentHub.
// An interface; implemented by the Ollama client, used by src/enhance.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"

namespace agenthub {

struct GenerateRequest {
    std::string model, system, prompt;
    double temperature = 0.3;
    std::size_t max_tokens = 500;
};

class ModelBackend {
public:
    virtual ~ModelBackend() = default;

    // What the model answers, as it answers it. A deadline that passes is a failure of the backend; a coroutine that is
    // cancelled ends the request and says nothing about it.
    virtual awaitable<result<std::string>> generate(GenerateRequest request, Deadline deadline) = 0;

    // The meaning of a text as a vector, of any length above 0.
    virtual awaitable<result<std::vector<float>>> embed(std::string model, std::string text, Deadline deadline) = 0;

    // As it was seen last; never waits.
    virtual bool healthy() const noexcept = 0;
};

}  // namespace agenthub
