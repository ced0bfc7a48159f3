// The typed configuration of prompt enhancement: a rule for each client, and the cache of what was made.
// Plain values.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/async.hpp"

namespace agenthub {

// What a client's prompts are made better with. A client's rule has taken what it lacks from the default one.
struct EnhancementRule {
    bool enabled = true;
    std::string model;  // empty: that of OllamaConfig
    std::string system_prompt =
        "Make the prompt clearer and more specific, keep its intent, and return only the better prompt.";
    double temperature = 0.3;
    std::size_t max_tokens = 500;
    Duration budget{std::chrono::seconds(30)};  // for all attempts, models and waiting; then the original goes on
    std::vector<std::string> tools;             // globs "server/tool" whose calls are enhanced without being asked
    bool chat = false;                          // the last user message of chats, too
    bool operator==(const EnhancementRule&) const = default;
};

struct EnhancementCacheConfig {
    std::size_t max_entries = 500;  // 0: none
    Duration ttl{std::chrono::hours(2)};
    bool persistent = false;  // kept in the state directory
    bool semantic = false;    // prompts that mean the same are the same
    std::string embedding_model = "nomic-embed-text";
    double similarity = 0.85;  // cosine
    bool operator==(const EnhancementCacheConfig&) const = default;
};

struct EnhancementConfig {
    bool enabled = false;      // false: nothing names it, and nothing is enhanced unless somebody asks
    EnhancementRule fallback;  // "default" in the file
    std::vector<std::pair<std::string, EnhancementRule>> clients;
    // Models that are tried after the rule's own; nothing ends the chain: the prompt passes unchanged.
    std::vector<std::optional<std::string>> fallback_chain;
    std::size_t max_body_bytes = 1048576;  // longer requests are never enhanced
    EnhancementCacheConfig cache;
    bool operator==(const EnhancementConfig&) const = default;
};

// The tokens that open /v1 and who their owners are.
struct ApiKey {
    std::string digest;  // SHA-256 of the token, 64 lower-case hexadecimal digits
    std::string client_name, description;
    bool enhance = true;
    bool operator==(const ApiKey&) const = default;
};

}  // namespace agenthub
