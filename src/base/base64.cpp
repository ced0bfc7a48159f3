// Base64.
// Pure functions.

#include "base/base64.hpp"

#include <cstdint>

namespace agenthub {
namespace {

constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes, std::string_view alphabet) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : bytes) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (count += 8; count >= 6; count -= 6)
            out += alphabet[bits >> (count - 6) & 63];
    }
    if (count > 0)
        out += alphabet[bits << (6 - count) & 63];
    return out;
}

// Of a text without padding.
std::optional<std::string> decode(std::string_view text, std::string_view alphabet) {
    if (text.size() % 4 == 1)
        return std::nullopt;
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos)
            return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> count & 255);
        }
    }
    if ((bits & ((1U << count) - 1)) != 0)
        return std::nullopt;
    return out;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string out = encode(bytes, kPlain);
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

std::string to_base64url(std::string_view bytes) {
    return encode(bytes, kUrl);
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0)
        return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding)
        text.remove_suffix(1);
    return decode(text, kPlain);
}

std::optional<std::string> from_base64url(std::string_view text) {
    return decode(text, kUrl);
}

}  // namespace agenthub
