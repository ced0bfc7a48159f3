// Cutting members out of an object in a text, with the right comma.
// Pure functions.

#pragma once

#include <initializer_list>
#include <string_view>

#include "mcp/era_members.hpp"
#include "mcp/patch_list.hpp"

namespace agenthub::mcp {

// Adds the patches that cut these members, in any order, out of the object of valid JSON that stands at `object`;
// those without a value are skipped. At most one patch per member, and none touches the object's braces or another
// member. True when the object has members left.
bool cut_members(std::string_view text, Span object, std::initializer_list<MemberSpan> members, PatchList& patches);

}  // namespace agenthub::mcp
