// The header of an event stream, its chunks, its events.
// Pure.

#include "load/event_reader.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace agenthub::load {
namespace {

constexpr std::size_t kNone = std::string::npos;

// The value of a line of an event; a blank after the colon is not part of it.
std::string_view value_of(std::string_view line, std::string_view field) {
    if (!line.starts_with(field) || line.size() == field.size() || line[field.size()] != ':')
        return {};
    line.remove_prefix(field.size() + 1);
    if (line.starts_with(' '))
        line.remove_prefix(1);
    return line;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

}  // namespace

bool EventReader::fail(std::string why) {
    fault_ = std::move(why);
    return false;
}

bool EventReader::feed(std::string_view bytes) {
    input_ += bytes;
    if (!has_head_ && !take_head())
        return fault_.empty();
    if (chunked_)
        return take_chunks();
    events_ += input_;
    input_.clear();
    return true;
}

// False: it is not whole yet, or not that of an event stream.
bool EventReader::take_head() {
    const std::size_t end = input_.find("\r\n\r\n");
    if (end == kNone)
        return false;
    const std::string head = lower(std::string_view(input_).substr(0, end));
    if (!head.starts_with("http/1.1 200") || head.find("\r\ncontent-type: text/event-stream") == kNone)
        return fail("no event stream: " + input_.substr(0, 200));
    chunked_ = head.find("\r\ntransfer-encoding: chunked") != kNone;
    input_.erase(0, end + 4);
    has_head_ = true;
    return true;
}

bool EventReader::take_chunks() {
    std::size_t at = 0;
    for (;;) {
        const std::size_t line_end = input_.find("\r\n", at);
        if (line_end == kNone)
            break;
        std::size_t size = 0;
        const auto [stop, error] = std::from_chars(input_.data() + at, input_.data() + line_end, size, 16);
        if (error != std::errc() || stop != input_.data() + line_end)
            return fail("malformed chunk: " + input_.substr(at, 200));
        if (input_.size() < line_end + 2 + size + 2)
            break;
        events_.append(input_, line_end + 2, size);
        at = line_end + 2 + size + 2;
    }
    input_.erase(0, at);
    return true;
}

bool EventReader::next(Event& out) {
    for (;;) {
        std::size_t end = events_.find("\n\n");
        std::size_t gap = 2;
        if (const std::size_t other = events_.find("\r\n\r\n"); other < end) {
            end = other;
            gap = 4;
        }
        if (end == kNone)
            return false;
        out = {};
        for (std::size_t at = 0; at < end;) {
            const std::size_t line_end = std::min(events_.find('\n', at), end);
            std::string_view line = std::string_view(events_).substr(at, line_end - at);
            if (line.ends_with('\r'))
                line.remove_suffix(1);
            if (const auto name = value_of(line, "event"); !name.empty() && name != "message")
                out.name = name;
            if (const auto data = value_of(line, "data"); !data.empty())
                out.data.append(out.data.empty() ? "" : "\n").append(data);
            at = line_end + 1;
        }
        events_.erase(0, end + gap);
        if (!out.data.empty())  // else a comment that keeps the connection alive
            return true;
    }
}

}  // namespace agenthub::load
