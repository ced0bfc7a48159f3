// The secrets that a configuration refers to, got from where they are kept, all of them at the same time.
// Lives as long as one reading of the configuration.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "config/environment.hpp"
#include "config/secret_reference.hpp"

namespace agenthub {

// The longest secret read.
inline constexpr std::size_t kMaxSecretBytes = 65536;
// For all secrets of a configuration together: what is not there by then is not waited for.
inline constexpr Duration kAllSecrets{30'000};

class SecretBook {
public:
    // Implicit: a book without entries is as good as its environment, only slower.
    SecretBook(const Environment& environment) : environment_(environment) {}  // NOLINT(google-explicit-constructor)

    const Environment& environment() const noexcept { return environment_; }

    // Gets every secret that servers' "env", Ollama's "api_key" and the hooks' "env" and "headers" in these trees refer
    // to, as many at a time as there are, up to 32. Blocks.
    void fetch(const std::vector<const nlohmann::ordered_json*>& trees);

    // The secret; got now, if nothing was fetched yet. errc::invalid_config says what failed and what to do, and holds
    // neither the secret nor anything a program has said.
    result<std::string> secret(const SecretReference& reference) const;

    // What fetch() asked for, as "keyring SERVICE/KEY" or "file PATH". Of a command the program alone: its arguments
    // may be secrets.
    std::vector<std::string> asked_for() const;

private:
    const Environment& environment_;
    std::map<SecretReference, result<std::string>> known_;
    bool fetched_ = false;
};

}  // namespace agenthub
