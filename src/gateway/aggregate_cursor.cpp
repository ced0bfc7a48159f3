// Pages and cursors. A cursor is base64url of "<member>:<position>:<the list's digest>".
// Pure functions.

#include "gateway/aggregate_cursor.hpp"

#include <algorithm>
#include <charconv>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

std::string cursor_to(const AggregateList& list, std::string_view member, std::size_t position) {
    return to_base64url(std::string(member) + ":" + std::to_string(position) + ":" + list.digest());
}

Error not_a_cursor() {
    return {errc::invalid_params, "params.cursor is none that this list has given out; leave it out to start again"};
}

result<std::size_t> position_of(const AggregateList& list, std::string_view member, std::string_view cursor) {
    if (!cursor.starts_with('"'))
        return not_a_cursor();
    const auto plain = from_base64url(mcp::unescape(cursor));
    const std::string head = std::string(member) + ":";
    if (!plain || !plain->starts_with(head))
        return not_a_cursor();
    std::size_t position = 0;
    const char* const end = plain->data() + plain->size();
    const auto [after, ec] = std::from_chars(plain->data() + head.size(), end, position);
    if (ec != std::errc() || after == end || *after != ':')
        return not_a_cursor();
    if (std::string_view(after + 1, static_cast<std::size_t>(end - after - 1)) != list.digest())
        return Error(errc::invalid_params,
                     "the list has changed since its last page; leave params.cursor out to start "
                     "again");
    if (position == 0 || position >= list.entries().size())
        return not_a_cursor();
    return position;
}

}  // namespace

result<std::string> page_of(const AggregateList& list, std::string_view member, std::string_view cursor,
                            std::size_t page_size) {
    std::size_t position = 0;
    if (!cursor.empty()) {
        const auto found = position_of(list, member, cursor);
        if (!found)
            return found.error();
        position = *found;
    }
    const auto& entries = list.entries();
    const std::size_t end = position + std::min(page_size, entries.size() - position);
    std::size_t bytes = 128;
    for (std::size_t i = position; i < end; ++i)
        bytes += entries[i].text.size() + 1;
    std::string out;
    out.reserve(bytes);
    out.append("{\"").append(member).append("\":[");
    for (std::size_t i = position; i < end; ++i)
        out.append(i == position ? "" : ",").append(entries[i].text);
    out += ']';
    if (end < entries.size())
        out.append(R"(,"nextCursor":")").append(cursor_to(list, member, end)).append("\"");
    return out + "}";
}

}  // namespace agenthub
