// A scanner that knows strings, brackets and comments, which is all there is to know about where a member ends.
// Pure functions.

#include "config/json_splice.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "base/text.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

std::size_t past(std::string_view text, std::string_view mark, std::size_t at) {
    const std::size_t found = text.find(mark, at);
    return found == std::string_view::npos ? text.size() : found + mark.size();
}

// Past a comment that begins here, the line end of "//" excluded; `at` itself when there is none.
std::size_t past_comment(std::string_view text, std::size_t at) {
    if (text.substr(at).starts_with("//"))
        return std::min(text.find('\n', at), text.size());
    return text.substr(at).starts_with("/*") ? past(text, "*/", at + 2) : at;
}

std::size_t skip(std::string_view text, std::size_t at) {
    for (;;) {
        at = std::min(text.find_first_not_of(kSpaces, at), text.size());
        const std::size_t next = past_comment(text, at);
        if (next == at)
            return at;
        at = next;
    }
}

std::size_t past_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\')
            ++at;
    return std::min(at + 1, text.size());
}

std::size_t past_value(std::string_view text, std::size_t at) {
    int depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        const std::size_t comment = past_comment(text, at);
        if (c == '"')
            at = past_string(text, at);
        else if (comment != at)
            at = comment;
        else if (c == '{' || c == '[')
            ++depth, ++at;
        else if (c == '}' || c == ']')
            --depth, ++at;
        else
            at = std::min(text.find_first_of("\"{}[]/,: \t\r\n", at + 1), text.size());
        if (depth == 0)
            return at;
    }
    return at;
}

// Where the line begins, if only spaces stand between; else `at`.
std::size_t line_begin(std::string_view text, std::size_t at) {
    const std::size_t before = text.find_last_not_of(" \t", at == 0 ? 0 : at - 1);
    if (at == 0 || before == std::string_view::npos)
        return 0;
    return text[before] == '\n' ? before + 1 : at;
}

std::string indent_of(std::string_view text, std::size_t at) {
    return std::string(text.substr(line_begin(text, at), at - line_begin(text, at)));
}

// Past the comments that stand behind something on its line.
std::size_t past_remarks(std::string_view text, std::size_t at) {
    for (;;) {
        const std::size_t next = std::min(text.find_first_not_of(" \t", at), text.size());
        const std::size_t end = past_comment(text, next);
        if (end == next)
            return at;
        at = end;
    }
}

std::string indented(std::string_view value, const std::string& indent) {
    std::string out;
    for (const char c : value) {
        out += c;
        if (c == '\n')
            out += indent;
    }
    return out;
}

}  // namespace

const ObjectPlace::Member* ObjectPlace::find(std::string_view key) const {
    // Of several the last one counts.
    const auto found = std::find_if(members.rbegin(), members.rend(), [key](const auto& m) { return m.key == key; });
    return found == members.rend() ? nullptr : &*found;
}

std::optional<ObjectPlace> object_at(std::string_view text, std::size_t at) {
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    at = skip(text, at == 0 && text.starts_with(kMark) ? kMark.size() : at);
    if (at >= text.size() || text[at] != '{')
        return std::nullopt;
    ObjectPlace out{at, at, {}};
    at = skip(text, at + 1);
    while (at < text.size() && text[at] == '"') {
        const std::size_t key_end = past_string(text, at);
        const auto key = nlohmann::json::parse(text.substr(at, key_end - at), nullptr, false);
        const std::size_t value = skip(text, past(text, ":", skip(text, key_end)));
        const std::size_t end = past_value(text, value);
        if (!key.is_string() || value >= text.size())
            return std::nullopt;
        out.members.push_back({key.get<std::string>(), at, value, end});
        at = skip(text, end);
        if (at < text.size() && text[at] == ',')
            at = skip(text, at + 1);
    }
    out.end = at + 1;
    return at < text.size() && text[at] == '}' ? std::optional(std::move(out)) : std::nullopt;
}

std::string with_member(std::string_view text, const ObjectPlace& object, std::string_view key,
                        std::string_view value) {
    std::string member;
    append_json_string(member, key);
    member += ": ";
    const std::size_t close = object.end - 1;
    if (object.members.empty()) {
        // The object's own indent is that of the line on which it begins.
        const std::size_t line = object.begin == 0 ? 0 : text.rfind('\n', object.begin - 1) + 1;
        const std::size_t word = std::min(text.find_first_not_of(" \t", line), object.begin);
        const std::string outer(text.substr(line, word - line));
        const std::size_t kept = text.find_last_not_of(kSpaces, close - 1) + 1;
        return std::string(text.substr(0, kept)) + "\n" + outer + "  " + member + indented(value, outer + "  ") + "\n" +
               outer + std::string(text.substr(close));
    }
    const ObjectPlace::Member& last = object.members.back();
    const std::string indent = indent_of(text, object.members.front().begin);
    const std::size_t at = past_remarks(text, last.end);
    return std::string(text.substr(0, last.end)) + "," + std::string(text.substr(last.end, at - last.end)) + "\n" +
           indent + member + indented(value, indent) + std::string(text.substr(at));
}

std::string without_member(std::string_view text, const ObjectPlace& object, std::string_view key) {
    const ObjectPlace::Member* member = object.find(key);
    if (member == nullptr)
        return std::string(text);
    std::size_t end = member->end;
    if (const std::size_t comma = skip(text, end); text[comma] == ',')
        end = comma + 1;
    end = past_remarks(text, end);
    const std::size_t begin = line_begin(text, member->begin);
    const std::size_t rest = std::min(text.find_first_not_of(" \t\r", end), text.size());
    const bool whole_lines = begin != member->begin || begin == 0 || text[begin - 1] == '\n';
    if (whole_lines && rest < text.size() && text[rest] == '\n')
        end = rest + 1;
    std::string out(text.substr(0, begin));
    // Nothing follows the one before it any more.
    if (member == &object.members.back() && object.members.size() > 1)
        out.erase(skip(text, object.members[object.members.size() - 2].end), 1);
    return out.append(text.substr(end));
}

}  // namespace agenthub
