// Rules of single JSON tokens.
// Pure functions.

#include "mcp/json_text.hpp"

#include <charconv>
#include <cstring>

namespace agenthub::mcp {
namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

int hex_value(char c) noexcept {
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

// The code unit of the four hex digits at the start of `digits`, -1 when they are none.
int code_unit(std::string_view digits) noexcept {
    if (digits.size() < 4)
        return -1;
    int value = 0;
    for (int i = 0; i < 4; ++i) {
        const int h = hex_value(digits[static_cast<std::size_t>(i)]);
        if (h < 0)
            return -1;
        value = value * 16 + h;
    }
    return value;
}

void append_utf8(std::string& out, unsigned code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

// Resolves the \u escape whose digits start at `rest`; returns how many characters of `rest` it used.
std::size_t append_unicode_escape(std::string& out, std::string_view rest) {
    const int high = code_unit(rest);
    if (high >= 0xD800 && high <= 0xDBFF && rest.substr(4, 2) == "\\u") {
        const int low = code_unit(rest.substr(6));
        if (low >= 0xDC00 && low <= 0xDFFF) {
            append_utf8(
                out, 0x10000U + ((static_cast<unsigned>(high) & 0x3FF) << 10) + (static_cast<unsigned>(low) & 0x3FF));
            return 10;
        }
    }
    const bool lone = high >= 0xD800 && high <= 0xDFFF;
    append_utf8(out, lone ? 0xFFFD : static_cast<unsigned>(high));
    return 4;
}

char simple_escape(char c) noexcept {
    switch (c) {
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        default: return c;
    }
}

std::size_t digits_from(std::string_view token, std::size_t at) noexcept {
    while (at < token.size() && is_digit(token[at]))
        ++at;
    return at;
}

// The end of the integer part of a number token, 0 when there is none.
std::size_t integer_part(std::string_view token) noexcept {
    std::size_t at = !token.empty() && token[0] == '-' ? 1 : 0;
    if (at >= token.size() || !is_digit(token[at]))
        return 0;
    return token[at] == '0' ? at + 1 : digits_from(token, at);
}

bool is_number(std::string_view token) noexcept {
    std::size_t at = integer_part(token);
    if (at == 0)
        return false;
    if (at < token.size() && token[at] == '.') {
        const std::size_t end = digits_from(token, at + 1);
        if (end == at + 1)
            return false;
        at = end;
    }
    if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
        ++at;
        if (at < token.size() && (token[at] == '+' || token[at] == '-'))
            ++at;
        const std::size_t end = digits_from(token, at);
        if (end == at)
            return false;
        at = end;
    }
    return at == token.size();
}

}  // namespace

bool is_json_string(std::string_view token) noexcept {
    if (token.size() < 2 || token.front() != '"' || token.back() != '"')
        return false;
    const char* at = token.data() + 1;
    const char* const end = token.data() + token.size() - 1;
    for (;;) {
        at = static_cast<const char*>(std::memchr(at, '\\', static_cast<std::size_t>(end - at)));
        if (at == nullptr)
            return true;
        if (at + 1 == end)
            return false;
        const char c = at[1];
        if (c == 'u') {
            if (code_unit({at + 2, static_cast<std::size_t>(end - at - 2)}) < 0)
                return false;
            at += 6;
        } else if (c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' || c == 't') {
            at += 2;
        } else {
            return false;
        }
    }
}

bool is_json_scalar(std::string_view token) noexcept {
    return token == "true" || token == "false" || token == "null" || is_number(token);
}

bool is_json_integer(std::string_view token) noexcept {
    return !token.empty() && integer_part(token) == token.size();
}

std::string unescape(std::string_view token) {
    std::string_view rest = token.substr(1, token.size() - 2);
    std::string out;
    out.reserve(rest.size());
    for (std::size_t at = 0; at < rest.size();) {
        if (rest[at] != '\\') {
            out += rest[at++];
        } else if (rest[at + 1] == 'u') {
            at += 2 + append_unicode_escape(out, rest.substr(at + 2));
        } else {
            out += simple_escape(rest[at + 1]);
            at += 2;
        }
    }
    return out;
}

bool spells(std::string_view token, std::string_view plain) {
    const std::string_view inside = token.substr(1, token.size() - 2);
    if (inside == plain)
        return true;
    return inside.find('\\') != std::string_view::npos && unescape(token) == plain;
}

std::optional<std::int64_t> to_int64(std::string_view token) noexcept {
    std::int64_t value = 0;
    const auto [end, ec] = std::from_chars(token.data(), token.data() + token.size(), value);
    if (ec != std::errc() || end != token.data() + token.size())
        return std::nullopt;
    return value;
}

std::optional<double> to_double(std::string_view token) noexcept {
    double value = 0;
    const auto [end, ec] = std::from_chars(token.data(), token.data() + token.size(), value);
    if (ec != std::errc() || end != token.data() + token.size())
        return std::nullopt;
    return value;
}

}  // namespace agenthub::mcp
