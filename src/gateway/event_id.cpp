// The ids of server-sent events.
// Pure.

#include "gateway/event_id.hpp"

#include <array>
#include <charconv>

namespace agenthub {
namespace {

constexpr std::size_t kMaxLength = 8 + 1 + 16 + 1 + 16;

void append_hex(std::string& out, std::uint64_t value) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    out.append(digits.data(), end);
}

// The number before the next '-', which is cut off with it.
template <class Number>
bool take_hex(std::string_view& rest, Number& value) {
    const auto dash = rest.find('-');
    if (dash == std::string_view::npos)
        return false;
    const std::string_view digits = rest.substr(0, dash);
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    const bool whole = failed == std::errc() && end == digits.data() + digits.size();
    rest.remove_prefix(dash + 1);
    return whole;
}

}  // namespace

std::string EventIds::make(std::string_view session, EventCursor at) const {
    std::string id;
    id.reserve(kMaxLength + session.size());
    append_hex(id, at.stream);
    id += '-';
    append_hex(id, at.position);
    id += '-';
    const std::size_t length = id.size();
    id += session;
    const std::uint64_t tag = keyed_hash(key_, id);
    id.resize(length);
    append_hex(id, tag);
    return id;
}

std::optional<EventCursor> EventIds::read(std::string_view session, std::string_view id) const {
    EventCursor at;
    std::string_view rest = id;
    if (id.size() > kMaxLength || !take_hex(rest, at.stream) || !take_hex(rest, at.position))
        return std::nullopt;
    // Made again and compared as a whole: there is one spelling of each id.
    return make(session, at) == id ? std::optional(at) : std::nullopt;
}

}  // namespace agenthub
