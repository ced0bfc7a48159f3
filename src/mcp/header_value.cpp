// Values in header fields.
// Pure functions.

#include "mcp/header_value.hpp"

#include <algorithm>

#include "base/base64.hpp"
#include "base/text.hpp"

namespace agenthub::mcp {
namespace {

constexpr std::string_view kOpen = "=?base64?";
constexpr std::string_view kClose = "?=";

bool is_wrapped(std::string_view value) noexcept {
    return value.size() >= kOpen.size() + kClose.size() && value.starts_with(kOpen) && value.ends_with(kClose);
}

bool is_printable(std::string_view value) noexcept {
    return std::all_of(value.begin(), value.end(), [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); });
}

}  // namespace

std::optional<std::string> decode_header_value(std::string_view value) {
    value = trim(value);
    if (!is_printable(value))
        return std::nullopt;
    if (!is_wrapped(value))
        return std::string(value);
    auto plain = from_base64(value.substr(kOpen.size(), value.size() - kOpen.size() - kClose.size()));
    if (plain && !is_utf8(*plain))
        return std::nullopt;
    return plain;
}

std::string encode_header_value(std::string_view plain) {
    if (!plain.empty() && is_printable(plain) && trim(plain) == plain && !is_wrapped(plain))
        return std::string(plain);
    return std::string(kOpen) + to_base64(plain) + std::string(kClose);
}

}  // namespace agenthub::mcp
