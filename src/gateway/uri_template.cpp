// Matching URI templates: all places a match can have come to are followed at once, so that no template makes it slow.
// Pure functions.

#include "gateway/uri_template.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

namespace agenthub {
namespace {

constexpr std::size_t kMaxUri = 8192;
constexpr std::size_t kMaxTemplate = 1024;

using Places = std::vector<bool>;  // [i]: the first i bytes of the uri are matched

bool any(const Places& places) noexcept {
    return std::find(places.begin(), places.end(), true) != places.end();
}

Places after_literal(const Places& from, std::string_view uri, std::string_view literal) {
    Places to(from.size(), false);
    for (std::size_t i = 0; i + literal.size() < from.size(); ++i)
        to[i + literal.size()] = from[i] && uri.substr(i, literal.size()) == literal;
    return to;
}

// One or more bytes of those that `stops` does not have.
Places after_value(const Places& from, std::string_view uri, std::string_view stops) {
    Places to(from.size(), false);
    for (std::size_t i = 0; i < uri.size(); ++i)
        to[i + 1] = (from[i] || to[i]) && stops.find(uri[i]) == std::string_view::npos;
    return to;
}

bool has_name(const std::vector<std::string_view>& names, std::string_view name) noexcept {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Members as "name=value", the first behind `first` and the others behind "&", any number of them.
Places after_query(const Places& from, std::string_view uri, char first, const std::vector<std::string_view>& names) {
    Places to = from;
    Places ends(from.size(), false);  // where a member ends, and another may follow
    for (std::size_t i = 0; i < uri.size(); ++i) {
        const bool begins = from[i] && uri[i] == first;
        const bool follows = ends[i] && uri[i] == '&';
        if (!begins && !follows)
            continue;
        const std::size_t end = std::min(uri.find_first_of("&#", i + 1), uri.size());
        const std::string_view pair = uri.substr(i + 1, end - i - 1);
        if (has_name(names, pair.substr(0, std::min(pair.find('='), pair.size()))))
            to[end] = ends[end] = true;
    }
    return to;
}

// The variables' names without modifiers; none when one is not as it must be.
std::vector<std::string_view> names_of(std::string_view list) {
    std::vector<std::string_view> names;
    while (true) {
        const std::size_t comma = std::min(list.find(','), list.size());
        std::string_view name = list.substr(0, comma);
        name = name.substr(0, std::min(name.find_first_of("*:"), name.size()));
        const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
            return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '%' || c == '-';
        });
        if (!plain)
            return {};
        names.push_back(name);
        if (comma == list.size())
            return names;
        list.remove_prefix(comma + 1);
    }
}

// Each variable behind `separator`, the first of all behind `first` ('\0': nothing).
Places after_values(Places places, std::string_view uri, const std::vector<std::string_view>& names, char first,
                    char separator, std::string_view stops) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        const char before = i == 0 ? first : separator;
        if (before != '\0')
            places = after_literal(places, uri, std::string(1, before));
        places = after_value(places, uri, stops);
    }
    return places;
}

// `inside`: of the braces. No places for what is not known.
Places after_expression(const Places& from, std::string_view uri, std::string_view inside) {
    constexpr std::string_view kOne = "/?#";  // a value that is not to run into the next part of a URI
    const char kind = inside.empty() ? '\0' : inside.front();
    const bool has_operator = kind != '\0' && std::string_view("+#./?&;=,!@|").find(kind) != std::string_view::npos;
    const auto names = names_of(inside.substr(has_operator ? 1 : 0));
    if (names.empty())
        return Places(from.size(), false);
    if (!has_operator)
        return after_values(from, uri, names, '\0', ',', kOne);
    const bool explodes = inside.ends_with('*');
    switch (kind) {
        case '+': return after_values(from, uri, names, '\0', ',', "");
        case '#': return after_values(from, uri, names, '#', ',', "");
        case '.': return after_values(from, uri, names, '.', '.', kOne);
        case '/': return after_values(from, uri, names, '/', '/', explodes ? "?#" : kOne);
        case '?':
        case '&': return after_query(from, uri, kind, names);
        default: return Places(from.size(), false);
    }
}

// The template has its scheme in front of any variable, and the uri begins as it does. Settles nearly all.
bool begins_alike(std::string_view pattern, std::string_view uri) noexcept {
    const std::string_view fixed = pattern.substr(0, std::min(pattern.find('{'), pattern.size()));
    const std::size_t colon = fixed.find(':');
    return colon != std::string_view::npos && colon > 0 && uri.starts_with(fixed);
}

}  // namespace

bool matches_uri_template(std::string_view pattern, std::string_view uri) {
    if (uri.size() > kMaxUri || pattern.size() > kMaxTemplate || !begins_alike(pattern, uri))
        return false;
    Places places(uri.size() + 1, false);
    places[0] = true;
    while (!pattern.empty() && any(places)) {
        if (pattern.front() == '{') {
            const std::size_t end = pattern.find('}');
            if (end == std::string_view::npos)
                return false;
            places = after_expression(places, uri, pattern.substr(1, end - 1));
            pattern.remove_prefix(end + 1);
        } else {
            const std::size_t end = std::min(pattern.find('{'), pattern.size());
            places = after_literal(places, uri, pattern.substr(0, end));
            pattern.remove_prefix(end);
        }
    }
    return pattern.empty() && places.back();
}

}  // namespace agenthub
