// Finds the raw bytes of a member or element in a JSON text, for whoever must see exactly what was sent.
// Pure functions. Written apart from src/mcp on purpose, so that a fault there cannot hide itself.

#pragma once

#include <cstddef>
#include <string_view>

namespace agenthub::load {

inline bool is_json_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

inline std::size_t skip_json_space(std::string_view text, std::size_t at) noexcept {
    while (at < text.size() && is_json_space(text[at]))
        ++at;
    return at;
}

// `at` is an opening quote; returns the position behind the closing one, npos when there is none.
inline std::size_t skip_json_string(std::string_view text, std::size_t at) noexcept {
    for (std::size_t from = at + 1;;) {
        const std::size_t quote = text.find('"', from);
        if (quote == std::string_view::npos)
            return quote;
        std::size_t slashes = 0;
        while (text[quote - 1 - slashes] == '\\')
            ++slashes;
        if (slashes % 2 == 0)
            return quote + 1;
        from = quote + 1;
    }
}

// `at` is the first byte of a value; returns the position behind it, npos when it does not end. Does not validate.
inline std::size_t skip_json_value(std::string_view text, std::size_t at) noexcept {
    std::size_t depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = skip_json_string(text, at);
            if (at == std::string_view::npos || depth == 0)
                return at;
            continue;
        }
        if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            if (depth == 0)
                return at;  // a bare word that ended at its container's bracket
            if (--depth == 0)
                return at + 1;
        } else if (depth == 0 && (c == ',' || is_json_space(c))) {
            return at;
        }
        ++at;
    }
    return depth == 0 ? at : std::string_view::npos;
}

// Calls visit(name, value) for each member of the object `text`, both as written, the name without its quotes; stops
// when visit returns false, at the end, and where the text breaks off.
template <class Visit>
void for_each_member(std::string_view text, Visit visit) {
    std::size_t at = skip_json_space(text, 0);
    if (at >= text.size() || text[at] != '{')
        return;
    for (++at;;) {
        at = skip_json_space(text, at);
        if (at < text.size() && text[at] == ',')
            at = skip_json_space(text, at + 1);
        if (at >= text.size() || text[at] != '"')
            return;
        const std::size_t name_end = skip_json_string(text, at);
        if (name_end == std::string_view::npos)
            return;
        const std::string_view name = text.substr(at + 1, name_end - at - 2);
        at = skip_json_space(text, name_end);
        if (at >= text.size() || text[at] != ':')
            return;
        at = skip_json_space(text, at + 1);
        const std::size_t end = skip_json_value(text, at);
        if (end == std::string_view::npos || !visit(name, text.substr(at, end - at)))
            return;
        at = end;
    }
}

// The raw value of the first member `key`; empty when there is none.
inline std::string_view raw_member(std::string_view text, std::string_view key) noexcept {
    std::string_view found;
    for_each_member(text, [&](std::string_view name, std::string_view value) {
        if (name == key)
            found = value;
        return name != key;
    });
    return found;
}

// The raw first element of the array `text`; empty when it has none.
inline std::string_view raw_first_element(std::string_view text) noexcept {
    std::size_t at = skip_json_space(text, 0);
    if (at >= text.size() || text[at] != '[')
        return {};
    at = skip_json_space(text, at + 1);
    const std::size_t end = skip_json_value(text, at);
    return end == std::string_view::npos ? std::string_view() : text.substr(at, end - at);
}

}  // namespace agenthub::load
