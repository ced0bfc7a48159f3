// Members of JSON objects.
// Pure functions.

#include "mcp/json_members.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mcp/json_cursor.hpp"
#include "mcp/json_text.hpp"

namespace agenthub::mcp {

std::vector<JsonMember> members_of(std::string_view object) {
    std::vector<JsonMember> members;
    const ScannerLease scanner;
    if (!scanner->index(object))
        return members;
    JsonCursor cursor(object, *scanner);
    const bool whole = cursor.walk_object([&](Span key) {
        Span value;
        if (!cursor.skip_value(value))
            return false;
        members.push_back({key.of(object), value.of(object)});
        return true;
    });
    if (!whole || !cursor.at_end())
        members.clear();
    return members;
}

std::vector<std::string_view> elements_of(std::string_view array) {
    std::vector<std::string_view> elements;
    const ScannerLease scanner;
    if (!scanner->index(array))
        return elements;
    JsonCursor cursor(array, *scanner);
    const bool whole = cursor.walk_array([&] {
        Span value;
        if (!cursor.skip_value(value))
            return false;
        elements.push_back(value.of(array));
        return true;
    });
    if (!whole || !cursor.at_end())
        elements.clear();
    return elements;
}

std::string_view member(std::string_view object, std::string_view name) {
    std::string_view found;
    const ScannerLease scanner;
    if (!scanner->index(object))
        return found;
    JsonCursor cursor(object, *scanner);
    const bool whole = cursor.walk_object([&](Span key) {
        Span value;
        if (!cursor.skip_value(value))
            return false;
        if (spells(key.of(object), name))
            found = value.of(object);
        return true;
    });
    return whole && cursor.at_end() ? found : std::string_view();
}

std::vector<std::string> strings_of(std::string_view array) {
    std::vector<std::string> strings;
    JsonScanner scanner;
    if (!scanner.index(array))
        return strings;
    JsonCursor cursor(array, scanner);
    const bool whole = cursor.walk_array([&] {
        Span element;
        if (!cursor.skip_value(element))
            return false;
        if (const auto token = element.of(array); token.starts_with('"'))
            strings.push_back(unescape(token));
        return true;
    });
    if (!whole || !cursor.at_end())
        strings.clear();
    return strings;
}

std::string without_members(std::string_view object, const std::vector<std::string_view>& names) {
    std::string out = "{";
    for (const JsonMember& kept : members_of(object)) {
        const bool named =
            std::any_of(names.begin(), names.end(), [&kept](std::string_view name) { return spells(kept.key, name); });
        if (!named)
            out.append(out.size() > 1 ? "," : "").append(kept.key).append(":").append(kept.value);
    }
    return out + "}";
}

std::string with_member(std::string_view object, std::string_view name, std::string_view value) {
    const std::vector<JsonMember> members = members_of(object);
    std::string out;
    out.reserve(object.size() + name.size() + value.size() + 4);
    std::size_t at = 0;
    for (const JsonMember& present : members) {
        if (!spells(present.key, name))
            continue;
        const auto begin = static_cast<std::size_t>(present.value.data() - object.data());
        out.append(object, at, begin - at).append(value);
        at = begin + present.value.size();
    }
    if (at == 0) {
        at = object.find('{') + 1;
        out.append(object, 0, at);
        append_json_string(out, name);
        out.append(":").append(value).append(members.empty() ? "" : ",");
    }
    return out.append(object, at);
}

}  // namespace agenthub::mcp
