// Splits an event stream into lines and those into events.
// Pure.

#include "tests/support/sse.hpp"

#include <utility>

namespace agenthub::test {

std::vector<SseEvent> SseParser::feed(std::string_view bytes) {
    buffer_ += bytes;
    std::vector<SseEvent> out;
    std::size_t start = 0;
    for (;;) {
        const std::size_t end = buffer_.find_first_of("\r\n", start);
        if (end == std::string::npos || (buffer_[end] == '\r' && end + 1 == buffer_.size()))
            break;
        take_line(std::string_view(buffer_).substr(start, end - start), out);
        start = end + (buffer_.compare(end, 2, "\r\n") == 0 ? 2 : 1);
    }
    buffer_.erase(0, start);
    return out;
}

void SseParser::take_line(std::string_view line, std::vector<SseEvent>& out) {
    if (line.empty()) {
        if (std::exchange(anything_, false))
            out.push_back(std::exchange(event_, SseEvent()));
        return;
    }
    if (line.front() == ':') {
        ++comments_;
        return;
    }
    const std::size_t colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' '))
        value.remove_prefix(1);
    anything_ = true;
    if (field == "data") {
        if (std::exchange(event_.has_data, true))
            event_.data += '\n';
        event_.data += value;
    } else if (field == "event") {
        event_.name = value;
    } else if (field == "id") {
        event_.id = value;
        event_.has_id = true;
    } else if (field == "retry") {
        event_.retry = value;
    }
}

}  // namespace agenthub::test
