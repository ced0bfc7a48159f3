// SHA-256 (FIPS 180-4).
// Pure functions.

#pragma once

#include <string>
#include <string_view>

namespace agenthub {

// The 64 hex digits, lower case, of the digest of these bytes.
std::string sha256_hex(std::string_view bytes);

}  // namespace agenthub
