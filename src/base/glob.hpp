// Patterns with "*" (any text, also none) and "?" (one byte).
// Pure functions.

#pragma once

#include <string_view>

namespace agenthub {

// The whole text is as the pattern says; case counts. Takes at most the product of both lengths.
bool matches_glob(std::string_view pattern, std::string_view text) noexcept;

}  // namespace agenthub
