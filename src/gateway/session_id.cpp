// Making and reading session ids.
// Pure, but for the random numbers.

#include "gateway/session_id.hpp"

#include <algorithm>

#include "base/uuid.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kRandomBytes = 16;

bool is_lower_hex(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

std::string make_session_id(std::string_view owner_tag) {
    return std::string(owner_tag) + "." + random_hex(kRandomBytes);
}

std::string_view session_owner(std::string_view id) noexcept {
    const auto dot = id.find('.');
    if (dot == std::string_view::npos || dot == 0)
        return {};
    const std::string_view secret = id.substr(dot + 1);
    const bool whole = secret.size() == kRandomBytes * 2 && std::all_of(secret.begin(), secret.end(), is_lower_hex);
    return whole ? id.substr(0, dot) : std::string_view();
}

}  // namespace agenthub
