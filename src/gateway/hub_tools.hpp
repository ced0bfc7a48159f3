// What the hub's tools are called and what they take: the result of its tools/list.
// Pure data.

#pragma once

#include <string_view>

namespace agenthub {

// The result object of tools/list as JSON text.
std::string_view hub_tool_list() noexcept;

}  // namespace agenthub
