// Rules of single JSON tokens (RFC 8259 sections 3, 6, 7).
// Pure functions.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agenthub::mcp {

// How many bytes the escape takes that begins, with its backslash, where `rest` does; 0 when it is none.
std::size_t escape_length(std::string_view rest) noexcept;

// `token` is an integer written without fraction and exponent.
bool is_json_integer(std::string_view token) noexcept;

// The text between the quotes of a valid JSON string token with its escapes resolved. A lone surrogate becomes U+FFFD.
std::string unescape(std::string_view token);

// A JSON string token in the one spelling in which AgentHub compares and keeps it: without escapes that need not be.
// Anything else is returned as it is.
std::string plain_spelling(std::string_view token);

// True when the JSON string token spells exactly `plain` (ASCII without quotes or backslashes), escapes considered.
bool spells(std::string_view token, std::string_view plain);

// The value of an integer token that fits 64 bits.
std::optional<std::int64_t> to_int64(std::string_view token) noexcept;

// The value of a number token as a double, for comparing only.
std::optional<double> to_double(std::string_view token) noexcept;

}  // namespace agenthub::mcp
