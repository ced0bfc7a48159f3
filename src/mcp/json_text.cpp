// Rules of single JSON tokens.
// Pure functions.

#include "mcp/json_text.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "mcp/json_number.hpp"

namespace agenthub::mcp {
namespace {

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

}  // namespace

std::size_t escape_length(std::string_view rest) noexcept {
    if (rest.size() < 2)
        return 0;
    switch (rest[1]) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't': return 2;
        case 'u': return code_unit(rest.substr(2)) < 0 ? 0 : 6;
        default: return 0;
    }
}

bool is_json_integer(std::string_view token) noexcept {
    const char* const begin = token.data();
    const char* const end = begin + token.size();
    return !token.empty() && integer_end(begin, end) == end;
}

std::string unescape(std::string_view token) {
    std::string_view rest = token.substr(1, token.size() - 2);
    std::string out;
    out.reserve(rest.size());
    for (std::size_t at = 0; at < rest.size();) {
        if (rest[at] != '\\') {
            const std::size_t end = std::min(rest.find('\\', at), rest.size());
            out.append(rest, at, end - at);
            at = end;
        } else if (rest[at + 1] == 'u') {
            at += 2 + append_unicode_escape(out, rest.substr(at + 2));
        } else {
            out += simple_escape(rest[at + 1]);
            at += 2;
        }
    }
    return out;
}

std::string plain_spelling(std::string_view token) {
    if (!token.starts_with('"') || token.find('\\') == std::string_view::npos)
        return std::string(token);
    std::string out;
    append_json_string(out, unescape(token));
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
