// Many calls in one request: what POST /batch and the tool call_many take.
// Values and pure functions.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "gateway/body_fault.hpp"
#include "gateway/inner_caller.hpp"

namespace agenthub {

// When a call that failed is made again, if retries are asked for at all: where that is known to be harmless; whatever
// it does; not at all.
enum class RetryWhen : std::uint8_t { safe, always, never };

struct BatchCall {
    InnerCall call;
    RetryWhen retry = RetryWhen::safe;
    std::string fault;  // why it cannot be made; empty: it can
};

struct BatchRequest {
    std::vector<BatchCall> calls;
    std::size_t max_concurrent = 3;
    std::int64_t retries = 0;
    Duration retry_delay{std::chrono::seconds(2)};
};

inline constexpr std::int64_t kMaxRetries = 10;
inline constexpr double kMaxRetryDelay = 3600;    // seconds
inline constexpr double kMaxCallTimeout = 86400;  // seconds, of one call

// What is wrong with the request as a whole is noted by `body`; what is wrong with one call is that call's fault.
BatchRequest read_batch(BodyReader& body, const Limits& limits);

}  // namespace agenthub
