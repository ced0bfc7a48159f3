// The typed configuration of the local Ollama, or of whatever speaks its API.
// Plain values.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/async.hpp"

namespace agenthub {

// How enhancement asks for a completion; what clients send is passed on as it is.
enum class OllamaApi {
    native,  // /api/generate, /api/tags
    openai,  // /v1/chat/completions, /v1/models
};

struct OllamaConfig {
    bool enabled = true;
    std::string disabled_reason;                 // why it is not, when nobody switched it off
    std::string url = "http://127.0.0.1:11434";  // http or https, without a path
    std::string ca_file;                         // PEM, for https; empty: the system's
    std::string api_key;                         // sent as a bearer token; a secret
    OllamaApi api = OllamaApi::native;
    std::string model = "llama3.2:3b";  // of rules that name none
    Duration connect_timeout{std::chrono::seconds(5)};
    Duration timeout{std::chrono::seconds(30)};          // of one attempt of an enhancement
    Duration stream_timeout{std::chrono::seconds(300)};  // between two reads of what is passed through
    std::size_t max_concurrency = 64;                    // requests at a time; 0: any number
    std::size_t queue = 256;                             // requests that may wait for a place
    Duration queue_timeout{std::chrono::seconds(30)};
    std::size_t stream_buffer_bytes = 65536;  // read ahead of one slow client
    std::uint32_t breaker_threshold = 3;      // failed requests in a row; 0: never
    Duration breaker_recovery{std::chrono::seconds(30)};
    bool operator==(const OllamaConfig&) const = default;
};

}  // namespace agenthub
