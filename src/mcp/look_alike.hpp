// Keys of JSON objects that some libraries take for others.
// Pure functions.

#pragma once

#include <initializer_list>
#include <string_view>

namespace agenthub::mcp {

// True when `name` is none of `keys` (lower case, ASCII), but equal to one for those who do not tell capital letters
// from small ones, as Go's encoding/json: such a server would carry out what nobody has judged.
bool is_look_alike(std::string_view name, std::initializer_list<std::string_view> keys);

}  // namespace agenthub::mcp
