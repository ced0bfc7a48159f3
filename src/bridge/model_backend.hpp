// What AgentHub itself asks of a language model: the narrow face of Ollama that enhancement knows.
// Implemented by OllamaClient and by fakes; owned by the gateway.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/circuit_breaker.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"

namespace agenthub {

struct GenerateRequest {
    std::string model;   // empty: the configured one
    std::string system;  // empty: none
    std::string prompt;
    double temperature = 0.3;
    std::size_t max_tokens = 500;
};

// Loop thread only. Each request passes the backend's circuit breaker and its limit on requests at a time, and waits in
// its queue where it must. A cancelled request is broken off at the backend at once.
class ModelBackend {
public:
    virtual ~ModelBackend() = default;

    // The model's whole answer, as it gave it. Tried again after failures that a moment may cure (no connection, a
    // broken one, no answer in time), but not beyond the deadline. Errors: errc::upstream_unreachable,
    // errc::upstream_failed, errc::call_timeout; errc::model_unknown; errc::upstream_refused with the backend's words;
    // errc::breaker_open and errc::busy, each with the time after which to come back; errc::unsupported when the backend
    // is switched off.
    virtual awaitable<result<std::string>> generate(GenerateRequest request, Deadline deadline) = 0;

    // What the text means, as the model's vector; `model` must be given. Errors as above; tried once.
    virtual awaitable<result<std::vector<float>>> embed(std::string model, std::string text, Deadline deadline) = 0;

    // What was last known; never asks.
    virtual bool healthy() const noexcept = 0;

    virtual BreakerSnapshot breaker() const noexcept = 0;
    // By an operator: requests are let through at once.
    virtual void reset_breaker() = 0;
};

}  // namespace agenthub
