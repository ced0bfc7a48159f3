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

std::optional<std::uint64_t> id_in_head(std::string_view head) {
    if (!take(head, "{"))
        return std::nullopt;
    if (take(head, R"("jsonrpc")") && !(take(head, ":") && take(head, R"("2.0")") && take(head, ",")))
        return std::nullopt;
    if (!take(head, R"("id")") || !take(head, ":"))
        return std::nullopt;
    const auto id = take_number(head);
    return id && take(head, ",") ? id : std::nullopt;
}

std::optional<std::uint64_t> id_in_tail(std::string_view tail) {
    const auto at = tail.rfind(R"("id")");
    if (at == std::string_view::npos)
        return std::nullopt;
    tail.remove_prefix(at + 4);
    if (!take(tail, ":"))
        return std::nullopt;
    const auto id = take_number(tail);
    // The brace that ends the line closes the outermost object, so the member before it is the outermost one's.
    if (!id || !take(tail, "}"))
        return std::nullopt;
    skip_space(tail);
    return tail.empty() ? id : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> id_of_oversize_line(std::string_view head, std::string_view tail) {
    if (const auto id = id_in_head(head))
        return id;
    return id_in_tail(tail);
}

}  // namespace agenthub
