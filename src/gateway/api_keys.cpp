// Comparing bearer tokens.
// Pure functions.

#include "gateway/api_keys.hpp"

#include <openssl/crypto.h>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace agenthub {

std::string_view bearer_token(std::string_view authorization) noexcept {
    constexpr std::string_view kScheme = "Bearer ";
    if (authorization.size() <= kScheme.size() || !iequals(authorization.substr(0, kScheme.size()), kScheme))
        return {};
    return trim(authorization.substr(kScheme.size()));
}

const ApiKey* find_key(const std::vector<ApiKey>& keys, std::string_view token) {
    if (token.empty())
        return nullptr;
    const std::string digest = sha256_hex(token);
    const ApiKey* found = nullptr;
    for (const ApiKey& key : keys)
        if (key.digest.size() == digest.size() && CRYPTO_memcmp(key.digest.data(), digest.data(), digest.size()) == 0)
            found = &key;
    return found;
}

}  // namespace agenthub
