// Just enough HTTP/1.1 for a load generator: status, four fields, sized and chunked bodies.
// Pure.

#include "load/http_response.hpp"

#include <algorithm>
#include <charconv>

namespace agenthub::load {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_name(std::string_view text, std::string_view lower) {
    const auto equal = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b; };
    return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), equal);
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    const std::size_t last = text.find_last_not_of(" \t");
    return first == kNone ? std::string_view() : text.substr(first, last - first + 1);
}

template <class Number>
bool to_number(std::string_view text, Number& out, int base) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    return error == std::errc() && end == text.data() + text.size();
}

struct Framing {
    std::size_t length = kNone;
    bool chunked = false;
};

bool take_field(std::string_view line, HttpResponse& out, Framing& framing) {
    const std::size_t colon = line.find(':');
    if (colon == kNone)
        return false;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 1));
    if (is_name(name, "content-length"))
        return to_number(value, framing.length, 10);
    if (is_name(name, "transfer-encoding"))
        framing.chunked = is_name(value, "chunked");
    else if (is_name(name, "content-type"))
        out.is_stream = value.starts_with("text/event-stream");
    else if (is_name(name, "connection"))
        out.closes = is_name(value, "close");
    else if (is_name(name, "mcp-session-id"))
        out.session_id = value;
    return true;
}

HttpResponse::State take_chunks(std::string_view received, std::size_t at, HttpResponse& out) {
    for (std::size_t count = 0;; ++count) {
        const std::size_t line_end = received.find("\r\n", at);
        if (line_end == kNone)
            return HttpResponse::State::incomplete;
        std::size_t size = 0;
        if (!to_number(received.substr(at, line_end - at), size, 16))
            return HttpResponse::State::malformed;
        at = line_end + 2;
        if (received.size() < at + size + 2)
            return HttpResponse::State::incomplete;
        if (size == 0) {
            out.size = at + 2;
            return HttpResponse::State::complete;
        }
        if (count == 0) {
            out.body = received.substr(at, size);
        } else {
            if (count == 1)
                out.joined = out.body;
            out.joined += received.substr(at, size);
            out.body = out.joined;
        }
        at += size + 2;
    }
}

}  // namespace

void parse_response(std::string_view received, HttpResponse& out) {
    const std::size_t head_end = received.find("\r\n\r\n");
    if (head_end == kNone)
        return;
    out.state = HttpResponse::State::malformed;
    const std::string_view head = received.substr(0, head_end);
    if (head.size() < 12 || !head.starts_with("HTTP/1.1 ") || !to_number(head.substr(9, 3), out.status, 10))
        return;
    Framing framing;
    for (std::size_t at = head.find("\r\n"); at != kNone;) {
        const std::size_t start = at + 2;
        at = head.find("\r\n", start);
        if (!take_field(head.substr(start, at - start), out, framing))
            return;
    }
    const std::size_t body_at = head_end + 4;
    if (framing.chunked) {
        out.state = take_chunks(received, body_at, out);
        return;
    }
    if (framing.length == kNone) {
        if (out.status != 204)
            return;
        framing.length = 0;
    }
    const bool whole = received.size() - body_at >= framing.length;
    out.state = whole ? HttpResponse::State::complete : HttpResponse::State::incomplete;
    out.body = received.substr(body_at, framing.length);
    out.size = body_at + framing.length;
}

}  // namespace agenthub::load
