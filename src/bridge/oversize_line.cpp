// Finding the id at either end of a line.
// Pure functions.

#include "bridge/oversize_line.hpp"

#include <charconv>

namespace agenthub {
namespace {

void skip_space(std::string_view& text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t' || text.front() == '\r'))
        text.remove_prefix(1);
}

bool take(std::string_view& text, std::string_view token) {
    skip_space(text);
    if (!text.starts_with(token))
        return false;
    text.remove_prefix(token.size());
    return true;
}

std::optional<std::uint64_t> take_number(std::string_view& text) {
    skip_space(text);
    std::uint64_t value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc())
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

// True when the line begins as a reply does: nothing but "jsonrpc" and "id" before "result" or "error". A request of
// the server has an id too, and it may equal one of ours. `id` is set when it stands there.
bool begins_a_reply(std::string_view head, std::optional<std::uint64_t>& id) {
    if (!take(head, "{"))
        return false;
    for (;;) {
        if (take(head, R"("jsonrpc")")) {
            if (!take(head, ":") || !take(head, R"("2.0")"))
                return false;
        } else if (take(head, R"("id")")) {
            if (id || !take(head, ":") || !(id = take_number(head)))
                return false;
        } else {
            return take(head, R"("result")") || take(head, R"("error")");
        }
        if (!take(head, ","))
            return false;
    }
}

// The brace that ends the line closes the outermost object, so the members before it are the outermost one's.
std::optional<std::uint64_t> id_in_tail(std::string_view tail) {
    const auto at = tail.rfind(R"("id")");
    const auto before = at == std::string_view::npos ? at : tail.find_last_not_of(" \t\r", at == 0 ? at : at - 1);
    if (before == std::string_view::npos || tail[before] != ',')
        return std::nullopt;
    tail.remove_prefix(at + 4);
    if (!take(tail, ":"))
        return std::nullopt;
    const auto id = take_number(tail);
    if (take(tail, ",") && !(take(tail, R"("jsonrpc")") && take(tail, ":") && take(tail, R"("2.0")")))
        return std::nullopt;
    if (!id || !take(tail, "}"))
        return std::nullopt;
    skip_space(tail);
    return tail.empty() ? id : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> id_of_oversize_line(std::string_view head, std::string_view tail) {
    std::optional<std::uint64_t> id;
    if (!begins_a_reply(head, id))
        return std::nullopt;
    return id ? id : id_in_tail(tail);
}

}  // namespace agenthub
