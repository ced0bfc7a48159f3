// Parts of a JSON text as they stand there: numbers, key order and escapes reach the user exactly as the tool wrote
// them. Pure functions; what they return points into the text given.

#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace agenthub {

// Both need valid JSON: parse it first.

// The value of the member `key`, the last one if there are several; nullopt without one, or when `text` is no object.
std::optional<std::string_view> json_member(std::string_view text, std::string_view key);

// The elements of an array; none when `text` is no array.
std::vector<std::string_view> json_elements(std::string_view text);

}  // namespace agenthub
