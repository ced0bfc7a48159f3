// The argument of a call that says in words what is wanted, and the note about what became of it.
// Pure functions.

#pragma once

#include <array>
#include <string>
#include <string_view>

#include "mcp/message.hpp"
#include "mcp/patch_list.hpp"

namespace agenthub::mcp {

// The names of such arguments; of several the first in this order.
inline constexpr std::array<std::string_view, 5> kPromptArguments{"prompt", "input", "message", "text", "query"};

struct PromptArgument {
    std::string_view name;  // of kPromptArguments; empty: there is none
    Span at;                // its value in the request's text, a JSON string with its quotes
};

// Of a tools/call or prompts/get: an argument that is a string and not empty. Other requests have none.
PromptArgument prompt_argument(const Message& request);

// Puts the member `name` (plain, without what JSON escapes) with this JSON text in front of result._meta, and makes
// that where there is none. A reply whose result is no object, or whose _meta is none, stays as it is. `scratch` is
// this call's alone and lives until the patches are applied. At most 1 patch.
void put_result_meta(const Message& reply, std::string_view name, std::string_view value, PatchList& patches,
                     std::string& scratch);

}  // namespace agenthub::mcp
