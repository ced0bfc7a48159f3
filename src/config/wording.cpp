// How values, paths and durations are written in what the configuration tells a person.
// Pure functions.

#include "config/wording.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "base/text.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kLongestShown = 80;

bool is_word(std::string_view key) {
    return !key.empty() && key.size() <= kLongestShown && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '$';
    });
}

// Of "TOKEN=hunter2" only what is surely a name.
std::string key_in_quotes(std::string_view key) {
    const auto mark = key.find('=');
    return mark == std::string_view::npos ? in_quotes(key) : in_quotes(std::string(key.substr(0, mark)) + "=…");
}

}  // namespace

std::string in_quotes(std::string_view text) {
    std::string out;
    append_json_string(out, clip(text, kLongestShown));
    return out;
}

std::string type_text(const nlohmann::ordered_json& value) {
    if (value.is_string())
        return "a string";
    if (value.is_number())
        return "a number";
    if (value.is_object())
        return "an object";
    if (value.is_array())
        return "a list";
    return value.is_boolean() ? "true or false" : "null";
}

std::string found_text(const nlohmann::ordered_json& value) {
    if (value.is_string())
        return in_quotes(value.get_ref<const std::string&>());
    if (value.is_number() || value.is_boolean())
        return value.dump();
    return type_text(value);
}

std::string duration_text(Duration duration) {
    const auto ms = duration.count();
    return ms % 1000 == 0 ? std::to_string(ms / 1000) + "s" : std::to_string(ms) + "ms";
}

std::string child_path(std::string_view base, std::string_view key) {
    std::string out(base);
    if (is_word(key)) {
        if (!out.empty())
            out += '.';
        return out += key;
    }
    return out + "[" + key_in_quotes(key) + "]";
}

std::string element_path(std::string_view base, std::size_t index) {
    return std::string(base) + "[" + std::to_string(index) + "]";
}

}  // namespace agenthub
