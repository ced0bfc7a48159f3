// Checking the input of a pipeline.
// Pure functions.

#include "pipeline/input_check.hpp"

#include <algorithm>
#include <map>

#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

// By name, escapes resolved; of several the last one, as nearly every parser has it.
std::map<std::string, std::string_view> by_name(std::string_view object) {
    std::map<std::string, std::string_view> out;
    for (const auto& [key, value] : mcp::members_of(object))
        out.insert_or_assign(mcp::unescape(key), value);
    return out;
}

bool is_of_type(std::string_view value, std::string_view type) {
    const char first = value.empty() ? '\0' : value.front();
    const bool is_number = first == '-' || (first >= '0' && first <= '9');
    if (type == "string")
        return first == '"';
    if (type == "object")
        return first == '{';
    if (type == "array")
        return first == '[';
    if (type == "boolean")
        return value == "true" || value == "false";
    if (type == "null")
        return value == "null";
    if (type == "number")
        return is_number;
    if (type == "integer")
        return is_number && mcp::is_json_integer(value);
    return true;  // a type that JSON Schema does not have says nothing
}

// `type` of a schema is a name, or a list of names.
std::vector<std::string> types_of(std::string_view property) {
    const std::string_view type = mcp::member(property, "type");
    if (type.starts_with('"'))
        return {mcp::unescape(type)};
    return mcp::strings_of(type);
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "" : " or ") + word;
    return out;
}

void check_value(const std::string& name, std::string_view property, std::string_view value,
                 std::vector<InputFault>& faults) {
    const auto types = types_of(property);
    const auto fits = [value](const std::string& type) { return is_of_type(value, type); };
    if (!types.empty() && std::none_of(types.begin(), types.end(), fits)) {
        faults.push_back(
            {name, types.front() + "_type", "Input should be a valid " + joined(types), std::string(value)});
        return;
    }
    const std::string_view allowed = mcp::member(property, "enum");
    if (!allowed.starts_with('['))
        return;
    const auto choices = mcp::elements_of(allowed);
    const auto is = [spelled = mcp::plain_spelling(value)](std::string_view choice) {
        return mcp::plain_spelling(choice) == spelled;
    };
    if (std::none_of(choices.begin(), choices.end(), is))
        faults.push_back({name, "enum", "Input should be one of " + std::string(allowed), std::string(value)});
}

}  // namespace

std::vector<InputFault> check_input(std::string_view schema, std::string_view input) {
    std::vector<InputFault> faults;
    const auto given = by_name(input);
    const auto properties = by_name(mcp::member(schema, "properties"));
    for (const std::string& name : mcp::strings_of(mcp::member(schema, "required")))
        if (!given.contains(name))
            faults.push_back({name, "missing", "Field required", {}});
    const bool is_closed = mcp::member(schema, "additionalProperties") == "false";
    for (const auto& [name, value] : given) {
        const auto property = properties.find(name);
        if (property != properties.end())
            check_value(name, property->second, value, faults);
        else if (is_closed)
            faults.push_back({name, "extra_forbidden", "Extra inputs are not permitted", std::string(value)});
    }
    return faults;
}

std::string with_defaults(std::string_view schema, std::string input) {
    const auto given = by_name(input);
    std::vector<std::pair<std::string, std::string>> missing;
    for (const auto& [name, property] : by_name(mcp::member(schema, "properties")))
        if (const auto value = mcp::member(property, "default"); !value.empty() && !given.contains(name))
            missing.emplace_back(name, value);
    for (const auto& [name, value] : missing)
        input = mcp::with_member(input, name, value);
    return input;
}

}  // namespace agenthub
