// Names in the aggregate.
// Pure functions.

#include "gateway/aggregate_names.hpp"

#include <algorithm>

#include "base/digest.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kSeparator = "__";
constexpr std::size_t kTail = 8;

bool is_allowed(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// Looks like the end of a name that was shortened or cleaned.
bool has_tail(std::string_view name) noexcept {
    if (name.size() < kTail + kSeparator.size())
        return false;
    const std::string_view tail = name.substr(name.size() - kTail);
    return name.substr(name.size() - kTail - kSeparator.size(), kSeparator.size()) == kSeparator &&
           tail.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The first separator in the joined name is the one that was put in.
bool leads_back(std::string_view server, std::string_view own) noexcept {
    return !server.empty() && !own.empty() && server.find(kSeparator) == std::string_view::npos &&
           !server.ends_with('_') && !own.starts_with('_');
}

}  // namespace

bool is_shown_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= kMaxShownName && std::all_of(name.begin(), name.end(), is_allowed);
}

std::string aggregate_name(std::string_view server, std::string_view own) {
    std::string name = std::string(server).append(kSeparator).append(own);
    if (is_shown_name(name) && leads_back(server, own) && !has_tail(name))
        return name;
    const std::string digest = sha256_hex(std::string(server).append(1, '\0').append(own));
    std::replace_if(name.begin(), name.end(), [](char c) { return !is_allowed(c); }, '_');
    name.resize(std::min(name.size(), kMaxShownName - kSeparator.size() - kTail));
    return name.append(kSeparator).append(digest, 0, kTail);
}

}  // namespace agenthub
