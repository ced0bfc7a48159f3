// The names under which the aggregate shows the tools and prompts of many servers.
// Pure functions.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace agenthub {

inline constexpr std::size_t kMaxShownName = 64;  // what every client known takes

// Letters, digits, "_" and "-", 1 to kMaxShownName of them.
bool is_shown_name(std::string_view name) noexcept;

// SERVER__NAME where that is a name to be shown and leads back to the two; else as much of it as there is room for,
// what is not allowed as "_", and "__" with 8 hex digits of a digest of both. A function of the two names alone: it
// does not change with what else there is. Always has "__" in it.
std::string aggregate_name(std::string_view server, std::string_view own);

}  // namespace agenthub
