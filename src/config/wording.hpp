// How values, paths and durations are written in what the configuration tells a person.
// Pure functions.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/async.hpp"

namespace agenthub {

// The text in double quotes, escaped, and cut when it is long.
std::string in_quotes(std::string_view text);

// "a string", "a number", "an object", "a list", "true or false" or "null": the type without the value.
std::string type_text(const nlohmann::ordered_json& value);

// The value itself when it is short enough to help, else its type. Never for anything inside "env".
std::string found_text(const nlohmann::ordered_json& value);

// "30s", "1500ms".
std::string duration_text(Duration duration);

// "base.key", or base["odd key"] when the key is not a plain word; of a key with "=" what stands before it.
std::string child_path(std::string_view base, std::string_view key);

// "base[index]".
std::string element_path(std::string_view base, std::size_t index);

}  // namespace agenthub
