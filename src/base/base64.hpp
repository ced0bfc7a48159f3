// Base64 (RFC 4648): with padding in its own alphabet (section 4), and without in the one for URLs (section 5).
// Pure functions.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace agenthub {

std::string to_base64(std::string_view bytes);
std::string to_base64url(std::string_view bytes);

// nullopt for what the functions above would not have written: another alphabet, missing or superfluous padding, white
// space, bits left over.
std::optional<std::string> from_base64(std::string_view text);
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace agenthub
