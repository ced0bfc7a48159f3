// Redaction of JSON texts, in one walk over their tokens.
// Pure.

#include "hooks/json_redact.hpp"

#include <algorithm>

#include "base/glob.hpp"
#include "base/text.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kWordBytes = "_-.+@:/=~%";

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

bool is_word_byte(char c) noexcept {
    const char small = lower(c);
    return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80 ||
           kWordBytes.find(c) != std::string_view::npos;
}

// Behind the string token that begins at `at`.
std::size_t string_end(std::string_view json, std::size_t at) noexcept {
    for (++at; at < json.size() && json[at] != '"'; ++at)
        at += json[at] == '\\' ? 1 : 0;
    return std::min(at + 1, json.size());
}

std::size_t skip_blanks(std::string_view json, std::size_t at) noexcept {
    return std::min(json.find_first_not_of(" \t\r\n", at), json.size());
}

// Behind the value that begins at `at`.
std::size_t value_end(std::string_view json, std::size_t at) noexcept {
    std::size_t depth = 0;
    while (at < json.size()) {
        const char c = json[at];
        if (c == '"') {
            at = string_end(json, at);
        } else if (c == '{' || c == '[') {
            ++depth;
            ++at;
        } else if (c == '}' || c == ']') {
            if (depth == 0)
                return at;  // a number or word before it has ended
            --depth;
            ++at;
        } else if (depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n')) {
            return at;
        } else {
            ++at;
            continue;
        }
        if (depth == 0)
            return at;
    }
    return at;
}

}  // namespace

JsonRedactor::JsonRedactor(const BuiltinOptions& options) : words_(options.words), replacement_(options.replacement) {
    for (const std::string& key : options.keys)
        keys_.push_back(lowered(key));
    append_json_string(token_, replacement_);
}

bool JsonRedactor::is_hidden_key(std::string_view token) const {
    if (keys_.empty())
        return false;
    const std::string name = lowered(mcp::unescape(token));
    const auto fits = [view = std::string_view(name).substr(0, kMaxWord)](const std::string& key) {
        return matches_glob(key, view);
    };
    return std::any_of(keys_.begin(), keys_.end(), fits);
}

bool JsonRedactor::is_hidden_word(std::string_view word) const {
    const auto fits = [view = word.substr(0, kMaxWord)](const std::string& pattern) {
        return matches_glob(pattern, view);
    };
    return std::any_of(words_.begin(), words_.end(), fits);
}

std::optional<std::string> JsonRedactor::clean_string(std::string_view token) const {
    if (words_.empty() || token.size() < 3)
        return std::nullopt;
    const std::string text = mcp::unescape(token);
    std::string out;
    bool changed = false;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_word_byte(text[end]))
            ++end;
        std::string_view word = std::string_view(text).substr(at, end - at);
        if (word.empty()) {
            out += text[at++];
            continue;
        }
        // What ends a sentence is no part of its last word.
        std::size_t tail = 0;
        while (tail < word.size() && (word[word.size() - 1 - tail] == '.' || word[word.size() - 1 - tail] == ':'))
            ++tail;
        const bool hidden = is_hidden_word(word) || is_hidden_word(word.substr(0, word.size() - tail));
        changed = changed || hidden;
        if (hidden)
            out.append(replacement_).append(word.substr(word.size() - tail));
        else
            out.append(word);
        at = end;
    }
    if (!changed)
        return std::nullopt;
    std::string json;
    append_json_string(json, out);
    return json;
}

std::optional<std::string> JsonRedactor::without(std::string_view json) const {
    std::string out;
    std::size_t copied = 0;
    const auto replace = [&](std::size_t begin, std::size_t end, std::string_view by) {
        out.append(json, copied, begin - copied).append(by);
        copied = end;
    };
    for (std::size_t at = 0; at < json.size();) {
        if (json[at] != '"') {
            ++at;
            continue;
        }
        const std::size_t end = string_end(json, at);
        const std::string_view token = json.substr(at, end - at);
        const std::size_t next = skip_blanks(json, end);
        const bool is_key = next < json.size() && json[next] == ':';
        if (is_key && is_hidden_key(token)) {
            const std::size_t value = skip_blanks(json, next + 1);
            const std::size_t behind = value_end(json, value);
            replace(value, behind, token_);
            at = behind;
        } else {
            const auto clean = is_key ? std::nullopt : clean_string(token);
            if (clean)
                replace(at, end, *clean);
            at = end;
        }
    }
    if (copied == 0)
        return std::nullopt;
    return out.append(json.substr(copied));
}

result<HookVerdict> RedactHook::decide(const HookCall& call) {
    HookVerdict out;
    const std::string_view text = call.point == HookPoint::before ? call.arguments : call.outcome;
    auto clean = redactor_.without(text);
    if (!clean)
        return out;
    out.action = HookVerdict::Action::change;
    out.text = std::move(*clean);
    return out;
}

}  // namespace agenthub
