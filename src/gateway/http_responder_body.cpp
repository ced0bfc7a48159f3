// Writing a body that comes piece by piece or is held back, and noticing that nobody wants it any more.
// Part of HttpResponder.

#include <sys/socket.h>
#include <boost/asio/redirect_error.hpp>

#include <cerrno>

#include "base/give_back.hpp"
#include "gateway/http_responder.hpp"

namespace agenthub {
namespace {

// What is written within one limit: a client that takes a long piece slowly is there.
constexpr std::size_t kWrittenAtOnce = 64 * 1024;

}  // namespace

awaitable<bool> HttpResponder::begin_body(unsigned status, std::string_view content_type, std::string_view header_lines,
                                          std::optional<std::uint64_t> length) {
    const bool bodiless = status == 204 || status == 304;
    chunked_ = !length && http_version_ >= 11 && !bodiless;
    // Only the connection's end can tell where such a body ends.
    if (!length && http_version_ < 11 && !bodiless)
        keep_alive_ = false;
    holding_ = false;
    write_head(status, content_type, header_lines);
    if (chunked_)
        out_ += "Transfer-Encoding: chunked\r\n";
    else if (length && !bodiless)
        out_ += "Content-Length: " + std::to_string(*length) + "\r\n";
    out_ += "\r\n";
    return write_out();
}

awaitable<bool> HttpResponder::write_piece(std::string_view piece) {
    if (head_ || piece.empty())
        co_return true;
    body_bytes_ += piece.size();
    out_.clear();
    if (chunked_)
        append_chunk_size(out_, piece.size());
    for (;;) {
        const std::string_view part = piece.substr(0, kWrittenAtOnce);
        piece.remove_prefix(part.size());
        const std::string_view end = chunked_ && piece.empty() ? "\r\n" : "";
        const bool written = co_await write_out(part, end);
        if (!written || piece.empty())
            co_return written;
        out_.clear();
    }
}

awaitable<void> HttpResponder::end_body() {
    if (!chunked_ || head_)
        co_return;
    out_ = "0\r\n\r\n";
    co_await write_out();
}

awaitable<void> HttpResponder::client_leaves() {
    boost::system::error_code ec;
    char byte = 0;
    ssize_t n = -1;
    // A wake-up alone does not say that anything has come.
    while (!ec && n < 0) {
        co_await socket_.async_wait(asio::socket_base::wait_read, asio::redirect_error(use_awaitable, ec));
        n = ec ? 0 : ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            n = 0;
    }
    if (n == 0)
        co_return;
    // What it has sent hides its end, and wakes whoever waits to read at once.
    SteadyTimer pause(tasks_.executor());
    while (!client_is_gone()) {
        pause.expires_after(kLook);
        co_await pause.async_wait(use_awaitable);
    }
}

awaitable<void> HttpResponder::release() {
    holding_ = false;
    if (held_.empty())
        co_return;
    std::swap(out_, held_);
    held_.clear();
    co_await write_out();
    // A connection that idles keeps no large reply.
    if (out_.capacity() > kWrittenAtOnce)
        give_back(out_);
}

awaitable<void> HttpResponder::send_instead(const HttpReply& reply) {
    holding_ = false;
    give_back(held_);
    co_await send(reply);
}

std::string_view HttpResponder::held_body() const noexcept {
    const std::string_view text(held_);
    const auto end = text.find("\r\n\r\n");
    return end == std::string_view::npos ? std::string_view() : text.substr(end + 4);
}

awaitable<void> HttpResponder::send_continue() {
    out_ = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await write_out();
}

}  // namespace agenthub
