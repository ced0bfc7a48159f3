// What GET /health, GET /circuit-breakers and GET /metrics tell of Ollama.
// Plain values.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/circuit_breaker.hpp"

namespace agenthub {

enum class BackendState : std::uint8_t { unknown, up, down };

// The words of GET /health.
std::string_view to_string(BackendState state) noexcept;

struct ModelCounters {
    std::uint64_t requests = 0;   // let through
    std::uint64_t failures = 0;   // of those
    std::uint64_t refused = 0;    // by the breaker
    std::uint64_t overflows = 0;  // by the queue
    std::uint64_t timeouts = 0;   // in the queue
};

struct OllamaFacts {
    bool enabled = false;
    BackendState state = BackendState::unknown;
    std::size_t running = 0;
    std::size_t waiting = 0;
    ModelCounters counters;
    BreakerSnapshot breaker;
};

}  // namespace agenthub
