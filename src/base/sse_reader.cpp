// Takes a server-sent event stream apart.
// Pure.

#include "base/sse_reader.hpp"

#include <charconv>

namespace agenthub {

result<bool> SseReader::feed(std::string_view bytes, const OnEvent& on_event) {
    while (!bytes.empty()) {
        if (after_cr_ && bytes.front() == '\n')
            bytes.remove_prefix(1);
        after_cr_ = false;
        const std::size_t end = bytes.find_first_of("\r\n");
        line_ += bytes.substr(0, end);
        if (line_.size() + data_.size() > limit_)
            return Error(errc::too_large, "an event is longer than " + std::to_string(limit_) + " bytes");
        if (end == std::string_view::npos)
            return true;
        after_cr_ = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        const auto wants_more = end_of_line(on_event);
        if (wants_more.has_error() || !*wants_more)
            return wants_more;
    }
    return true;
}

result<bool> SseReader::end_of_line(const OnEvent& on_event) {
    const std::string line = std::exchange(line_, {});
    std::string_view text = line;
    if (std::exchange(first_line_, false) && text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    if (!text.empty()) {
        const std::size_t colon = text.find(':');
        std::string_view value = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
        if (value.starts_with(' '))
            value.remove_prefix(1);
        field(text.substr(0, colon), value);
        return true;
    }
    last_id_ = id_;
    std::string data = std::exchange(data_, {});
    const std::string type = std::exchange(type_, {});
    if (data.size() <= 1 || !(type.empty() || type == "message"))
        return true;
    data.pop_back();
    return on_event(data);
}

// A comment has an empty name.
void SseReader::field(std::string_view name, std::string_view value) {
    if (name == "data")
        data_.append(value) += '\n';
    else if (name == "event")
        type_ = value;
    else if (name == "id" && value.find('\0') == std::string_view::npos)
        id_ = value;
    else if (name == "retry")
        take_retry(value);
}

void SseReader::take_retry(std::string_view value) {
    std::uint64_t milliseconds = 0;
    const auto [rest, ec] = std::from_chars(value.data(), value.data() + value.size(), milliseconds);
    if (ec == std::errc() && rest == value.data() + value.size())
        retry_ = milliseconds;
}

}  // namespace agenthub
