// Small text helpers that several folders need.
// Pure functions.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agenthub {

// Appends `text` as a JSON string, quotes included. Invalid UTF-8 becomes U+FFFD, so the result is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

// Valid UTF-8 (RFC 3629).
bool is_utf8(std::string_view text) noexcept;

// Equal but for ASCII case (HTTP field names and tokens, RFC 9110 section 5.1).
bool iequals(std::string_view a, std::string_view b) noexcept;

// Without leading and trailing spaces and tabs (RFC 9110 optional white space).
std::string_view trim(std::string_view text) noexcept;

// The text cut to at most `limit` bytes at a UTF-8 boundary, with "…" appended when it was cut.
std::string clip(std::string_view text, std::size_t limit);

// "2026-07-28T12:34:56.789Z" of milliseconds since the epoch, UTC.
std::string iso8601(std::int64_t unix_ms);

// The wall clock in milliseconds since the epoch.
std::int64_t unix_ms_now() noexcept;

// "500ms", "5s", "5m", "2h", "1d" or a plain number of seconds ("1.5") as a duration; nullopt for anything else,
// for a negative value, and beyond ten years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept;

}  // namespace agenthub
