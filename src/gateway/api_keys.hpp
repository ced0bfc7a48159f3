// Who may use /v1 when the configuration has API keys, and as whom.
// Pure functions.

#pragma once

#include <string_view>
#include <vector>

#include "config/enhancement_config.hpp"

namespace agenthub {

// The token of "Authorization: Bearer TOKEN" (RFC 6750 section 2.1); empty when there is none.
std::string_view bearer_token(std::string_view authorization) noexcept;

// The key of this token; null when none fits. Takes as long for every token of a length: digests are compared, all of
// them, and without stopping at a difference.
const ApiKey* find_key(const std::vector<ApiKey>& keys, std::string_view token);

}  // namespace agenthub
