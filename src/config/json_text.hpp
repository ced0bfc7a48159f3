// Configuration text to a JSON tree: comments allowed, duplicate keys noticed, errors with line and column.
// Pure functions.

#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

#include "config/fault.hpp"

namespace agenthub {

// Deeper nesting is refused; no configuration comes near it.
inline constexpr std::size_t kMaxConfigDepth = 64;

// Accepts RFC 8259 JSON with // and /* */ comments and a UTF-8 byte order mark. Text without any value is an empty
// object. nullopt with one fault for anything else; a duplicate key is a warning, and its last value counts.
// No message carries text from inside the file but keys: the text around an error may be a secret.
std::optional<nlohmann::ordered_json> parse_json_text(std::string_view text, Findings& findings);

}  // namespace agenthub
