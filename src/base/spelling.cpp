// Reading JSON escapes and percent-encoding.
// Pure functions.

#include "base/spelling.hpp"

namespace agenthub {
namespace {

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// `count` hexadecimal digits at the beginning; -1 when they are not there.
std::int32_t hex_number(std::string_view text, std::size_t count) noexcept {
    if (text.size() < count)
        return -1;
    std::int32_t number = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const int digit = hex_digit(text[i]);
        if (digit < 0)
            return -1;
        number = number * 16 + digit;
    }
    return number;
}

std::string utf8(std::uint32_t code) {
    const auto tail = [code](int shift) { return static_cast<char>(0x80 | (code >> shift & 0x3F)); };
    if (code < 0x80)
        return {static_cast<char>(code)};
    if (code < 0x800)
        return {static_cast<char>(0xC0 | code >> 6), tail(0)};
    if (code < 0x10000)
        return {static_cast<char>(0xE0 | code >> 12), tail(6), tail(0)};
    return {static_cast<char>(0xF0 | code >> 18), tail(12), tail(6), tail(0)};
}

struct Escape {
    std::size_t length = 0;  // 0: none
    std::string bytes;
};

// `text` begins with \u and four digits that were read as `first`.
Escape unicode_escape(std::string_view text, std::int32_t first) {
    const bool high = first >= 0xD800 && first < 0xDC00;
    const auto rest = text.substr(6);
    const std::int32_t second = high && rest.starts_with("\\u") ? hex_number(rest.substr(2), 4) : -1;
    if (second >= 0xDC00 && second < 0xE000)
        return {12, utf8(0x10000u + (static_cast<std::uint32_t>(first - 0xD800) << 10) +
                         static_cast<std::uint32_t>(second - 0xDC00))};
    return {6, utf8(static_cast<std::uint32_t>(first))};
}

// `text` begins with a backslash.
Escape json_escape(std::string_view text) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (text.size() < 2)
        return {};
    if (const auto at = kLetters.find(text[1]); at != std::string_view::npos)
        return {2, std::string(1, kMeanings[at])};
    const std::int32_t code = text[1] == 'u' ? hex_number(text.substr(2), 4) : -1;
    return code < 0 ? Escape() : unicode_escape(text, code);
}

// `text` begins with a percent sign.
Escape percent_escape(std::string_view text) {
    const std::int32_t byte = hex_number(text.substr(1), 2);
    return byte < 0 ? Escape() : Escape{3, std::string(1, static_cast<char>(byte))};
}

std::optional<ReadBack> read_back(std::string_view text, char mark, Escape (*read)(std::string_view)) {
    if (text.find(mark) == std::string_view::npos)
        return std::nullopt;
    ReadBack out;
    out.text.reserve(text.size());
    out.places.reserve(text.size() + 1);
    bool found = false;
    for (std::size_t at = 0; at < text.size();) {
        Escape escape;
        if (text[at] == mark)
            escape = read(text.substr(at));
        found = found || escape.length != 0;
        if (escape.length == 0)
            escape = {1, std::string(1, text[at])};
        out.places.insert(out.places.end(), escape.bytes.size(), static_cast<std::uint32_t>(at));
        out.text += escape.bytes;
        at += escape.length;
    }
    out.places.push_back(static_cast<std::uint32_t>(text.size()));
    if (!found)
        return std::nullopt;
    return out;
}

}  // namespace

std::optional<ReadBack> read_json_escapes(std::string_view text) {
    return read_back(text, '\\', json_escape);
}

std::optional<ReadBack> read_percent_encoding(std::string_view text) {
    return read_back(text, '%', percent_escape);
}

}  // namespace agenthub
