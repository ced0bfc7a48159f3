// Writing HTTP/1.1 replies.
// Owned by the connection.

#include "gateway/http_responder.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <ctime>

#include "base/give_back.hpp"

namespace agenthub {
namespace {

// A comment line this often keeps proxies and clients from taking a quiet stream for a dead one.
constexpr Duration kHeartbeat{15'000};
// Larger replies are written from where they are instead of being copied behind their header.
constexpr std::size_t kCopyLimit = 16 * 1024;
// What a reply may leave in the buffer that is kept for the next one.
constexpr std::size_t kKept = 32 * 1024;

// The Date field (RFC 9110 section 6.6.1), made anew once per second.
std::string_view http_date() {
    static std::time_t made = 0;
    static std::array<char, 40> text{};
    static std::size_t length = 0;
    const std::time_t now = std::time(nullptr);
    if (now != made) {
        std::tm utc{};
        ::gmtime_r(&now, &utc);
        length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
        made = now;
    }
    return {text.data(), length};
}

}  // namespace

// Also for the bodies of http_responder_body.cpp.
void append_chunk_size(std::string& out, std::size_t size) {
    std::array<char, 20> text{};
    const int n = std::snprintf(text.data(), text.size(), "%zx\r\n", size);
    out.append(text.data(), static_cast<std::size_t>(n));
}

HttpResponder::HttpResponder(HttpSocket& socket, TimePoint& io_deadline, Duration write_limit, TaskGroup& tasks)
    : socket_(socket),
      io_deadline_(io_deadline),
      write_limit_(write_limit),
      tasks_(tasks),
      stream_ended_(socket.get_executor()) {}

void HttpResponder::begin(const Uuid& request_id, unsigned http_version, bool keep_alive, bool head) {
    request_id_ = request_id;
    http_version_ = http_version;
    keep_alive_ = keep_alive;
    head_ = head;
    status_ = 0;
    body_bytes_ = 0;
    extra_.clear();
    held_.clear();
    holding_ = false;
}

void HttpResponder::release_memory() noexcept {
    give_back(out_);
    give_back(extra_);
    give_back(held_);
}

// Everything but the length, which each kind of reply adds before the empty line.
void HttpResponder::write_head(unsigned status, std::string_view content_type, std::string_view header_lines) {
    status_ = status;
    if (out_.capacity() > kKept)
        give_back(out_);
    out_.clear();
    out_ += "HTTP/1.1 ";
    out_ += std::to_string(status);
    out_ += ' ';
    out_ += reason_phrase(status);
    out_ += "\r\nDate: ";
    out_ += http_date();
    out_ += "\r\nX-Request-ID: ";
    out_ += request_id_.view();
    if (!content_type.empty()) {
        out_ += "\r\nContent-Type: ";
        out_ += content_type;
    }
    if (!keep_alive_)
        out_ += "\r\nConnection: close";
    else if (http_version_ < 11)
        out_ += "\r\nConnection: keep-alive";
    out_ += "\r\n";
    out_ += extra_;
    out_ += header_lines;
}

awaitable<void> HttpResponder::send(const HttpReply& reply) {
    std::string lines;
    for (const auto& [name, value] : reply.headers)
        lines.append(name).append(": ").append(value).append("\r\n");
    write_head(reply.status, reply.body.empty() ? std::string_view() : reply.content_type, lines);
    if (reply.status != 204)
        out_ += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n";
    out_ += "\r\n";
    body_bytes_ = head_ ? 0 : reply.body.size();
    const std::string_view body = head_ ? std::string_view() : std::string_view(reply.body);
    co_await write_out(body);
}

awaitable<void> HttpResponder::send_message(const mcp::Message& reply, std::string_view id) {
    mcp::PatchList patches;
    patches.add(reply.id_span(), id);
    return send_message(reply, patches, 200);
}

awaitable<void> HttpResponder::send_message(const mcp::Message& reply, mcp::PatchList patches, unsigned status) {
    std::size_t length = reply.text().size() + patches.extra();
    for (const mcp::Patch& patch : patches)
        length -= patch.at.size();
    write_head(status, "application/json", {});
    out_ += "Content-Length: ";
    out_ += std::to_string(length);
    out_ += "\r\n\r\n";
    body_bytes_ = length;
    if (length > kCopyLimit)
        return send_long(reply, patches);
    reply.append_patched(out_, patches);
    return flush();
}

awaitable<void> HttpResponder::stream_events(std::shared_ptr<EventStream> stream) {
    holding_ = false;
    const bool chunked = http_version_ >= 11;
    keep_alive_ = keep_alive_ && chunked;
    write_head(200, "text/event-stream", {});
    out_ += "Cache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\n";
    out_ += chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n";
    // The header goes out at once: a client must know that its stream is open before anything happens on it.
    bool writable = co_await write_out();
    std::string bytes;
    while (writable) {
        const bool more = co_await stream->next(bytes, kHeartbeat);
        if (!more)
            break;
        if (bytes.empty())
            bytes = ": keep-alive\n\n";
        body_bytes_ += bytes.size();
        out_.clear();
        if (chunked)
            append_chunk_size(out_, bytes.size());
        const std::string_view end = chunked ? "\r\n" : "";
        writable = co_await write_out(bytes, end);
    }
    out_ = chunked && writable && !stream->broken() ? "0\r\n\r\n" : "";
    if (out_.empty())
        keep_alive_ = false;  // the missing last chunk tells the client that the stream was broken off
    else
        writable = co_await write_out();
    if (!writable)
        stream->break_off();
    else if (!stream->broken())
        stream->set_written();
}

void HttpResponder::start_stream(std::shared_ptr<EventStream> stream) {
    tasks_.spawn(stream_in_background(owner_.lock(), std::move(stream)), "event stream");
}

awaitable<void> HttpResponder::stream_in_background([[maybe_unused]] std::shared_ptr<void> owner,
                                                    std::shared_ptr<EventStream> stream) {
    co_await stream_events(stream);
    // Whoever opened the stream may have long to go before it ends the connection.
    boost::system::error_code ignored;
    if (!keep_alive_)
        socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    stream_ended_.notify();
}

void HttpResponder::watch_for_close(std::shared_ptr<EventStream> stream) {
    close_after_reply();
    tasks_.spawn(await_close(owner_.lock(), std::move(stream)), "stream watcher");
}

awaitable<void> HttpResponder::await_close([[maybe_unused]] std::shared_ptr<void> owner,
                                           std::shared_ptr<EventStream> stream) {
    // Nothing but the end is expected here: whatever comes ends the stream. A wake-up alone does not say that it has.
    boost::system::error_code ec;
    char byte = 0;
    bool quiet = true;
    while (quiet) {
        co_await socket_.async_wait(asio::socket_base::wait_read, asio::redirect_error(use_awaitable, ec));
        quiet = !ec && ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
                (errno == EAGAIN || errno == EINTR);
    }
    stream->break_off();
}

bool HttpResponder::client_is_gone() const noexcept {
    // Not by looking for the end of what it sent: bytes that nobody reads yet may stand before it.
    pollfd state{socket_.native_handle(), POLLRDHUP, 0};
    return !socket_.is_open() || ::poll(&state, 1, 0) > 0;
}

}  // namespace agenthub
