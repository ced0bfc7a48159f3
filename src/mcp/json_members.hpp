// Taking the members of a JSON object apart without losing how they are written.
// Pure functions; the results borrow the text.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace agenthub::mcp {

struct JsonMember {
    std::string_view key, value;  // JSON texts
};

// The members of a JSON object in their order; none of any other text.
std::vector<JsonMember> members_of(std::string_view object);

// The elements of a JSON array in their order, JSON texts; none of any other text.
std::vector<std::string_view> elements_of(std::string_view array);

// The JSON text of one member, of the last one if there are several, as nearly every parser has it; empty when absent.
std::string_view member(std::string_view object, std::string_view name);

// The strings of an array of strings, escapes resolved; elements of other types are skipped, and any other text has
// none.
std::vector<std::string> strings_of(std::string_view array);

// The object without the members of these names.
std::string without_members(std::string_view object, const std::vector<std::string_view>& names);

// The object with that value, JSON text, for its member of that name; put in first when there is none. Every other
// byte stays. `object` is a JSON object.
std::string with_member(std::string_view object, std::string_view name, std::string_view value);

}  // namespace agenthub::mcp
