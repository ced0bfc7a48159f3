// What the end of a call tells of its server, for the circuit breaker.
// Pure.

#pragma once

#include <cstdint>

#include "base/error.hpp"

namespace agenthub {

enum class CallOutcome : std::uint8_t {
    answered,  // also with an error
    failed,    // it did not answer in time
    died,      // its process ended, or could not be started: however many calls that fails, it is one failure
    unknown,   // cancelled, or refused before the server saw it
};

// Of a call that got no answer. An error that names when to come back was a refusal: nothing was tried.
CallOutcome outcome_of(const Error& error) noexcept;

}  // namespace agenthub
