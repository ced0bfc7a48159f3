// Reading requests within their limits.
// Owned by the listener's task for it.

#include "gateway/http_connection.hpp"

#include <sys/socket.h>
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/text.hpp"
#include "gateway/http_fault.hpp"

namespace agenthub {
namespace {

// After a refusal the client may still be sending; its bytes are read and dropped so that it sees the reply instead of
// a reset, within these bounds.
constexpr Duration kLingerTime{2'000};
// Whatever was on its way when an idle connection was ended has come by then.
constexpr Duration kGoodbyeTime{50};
constexpr std::size_t kLingerBytes = 64u << 20;
// What an idle connection keeps of its read buffer.
constexpr std::size_t kKeptBuffer = 8 * 1024;
// What is read of a request at first: room for the usual small call, header and body.
constexpr std::size_t kFirstRead = 2 * 1024;
// What is read at a time at most. The buffer holds no more beside a header: a chunk's extension or a trailer that does
// not end would otherwise fill the memory.
constexpr std::size_t kReadSize = 64 * 1024;

}  // namespace

HttpConnection::HttpConnection(HttpSocket socket, Peer peer, const Limits& limits, HttpHandler& handler,
                               RequestIds& ids, TaskGroup& tasks)
    : socket_(std::move(socket)),
      peer_(std::move(peer)),
      limits_(limits),
      handler_(handler),
      ids_(ids),
      responder_(socket_, io_deadline_, limits.body_timeout, tasks),
      buffer_(limits.header_bytes + kReadSize) {}

awaitable<void> HttpConnection::run() {
    responder_.set_owner(weak_from_this());
    bool go_on = true;
    do {
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
        parser_->body_limit(boost::none);  // by prepare_body(), which knows whose body it is
        go_on = co_await read_header();
        if (go_on)
            go_on = co_await serve();
        if (buffer_.size() == 0 && buffer_.capacity() > kKeptBuffer)
            buffer_.shrink_to_fit();
    } while (go_on && !draining_);
    boost::system::error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_both, ignored);
}

// Until the first bytes of a request have come; false when the client leaves, the time is up or the daemon drains. No
// buffer is held meanwhile. What woke it is read at once, as a wake-up alone does not say that anything has come.
awaitable<bool> HttpConnection::await_first_bytes() {
    io_deadline_ = Clock::now() + limits_.keep_alive;
    idle_ = true;
    boost::system::error_code ec;
    bool open = true;
    for (;;) {
        if (!draining_)
            co_await socket_.async_wait(asio::socket_base::wait_read, asio::redirect_error(use_awaitable, ec));
        if (ec && !draining_)
            break;
        const auto space = buffer_.prepare(std::max(buffer_.capacity(), kFirstRead));
        const ssize_t size = ::recv(socket_.native_handle(), space.data(), space.size(), MSG_DONTWAIT);
        if (size > 0)
            buffer_.commit(static_cast<std::size_t>(size));
        open = size < 0 && (errno == EAGAIN || errno == EINTR);
        if (!open || draining_)
            break;
    }
    idle_ = false;
    if (open && draining_)
        co_await say_goodbye();
    co_return buffer_.size() > 0;
}

// The client may be sending a request just now, and must be able to tell that nobody has read it (RFC 9110 section
// 15.5.9): without a word it would have to fear that its call was carried out. Most clients take it for the end.
awaitable<void> HttpConnection::say_goodbye() {
    constexpr std::string_view kUnread =
        "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    if (::send(socket_.native_handle(), kUnread.data(), kUnread.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        co_return;
    auto rest = linger();
    co_await ends_by(std::move(rest), Deadline::after(kGoodbyeTime));
}

awaitable<bool> HttpConnection::read_header() {
    if (buffer_.size() == 0) {
        const bool came = co_await await_first_bytes();
        if (!came)
            co_return false;
    }
    // The keep-alive time ends with the first byte; from then on the header's own limit counts.
    boost::system::error_code ec;
    io_deadline_ = Clock::now() + limits_.header_timeout;
    const std::size_t size =
        co_await http::async_read_header(socket_, buffer_, *parser_, asio::redirect_error(use_awaitable, ec));
    io_deadline_ = TimePoint::max();
    // The parser applies its limit to parts of the header.
    if (!ec && size > limits_.header_bytes)
        ec = http::error::header_limit;
    describe_request();
    if (ec && ec != http::error::end_of_stream)
        co_await refuse_unreadable(ec);
    if (ec)
        co_return false;
    const auto fault = fault_of(parser_->get());
    if (fault)
        co_await refuse_request(fault->status, fault->why);
    co_return !fault;
}

void HttpConnection::describe_request() {
    const auto& message = parser_->get();
    request_ = HttpRequest();
    request_.verb = message.method();
    request_.verb_text = message.method_string();
    const std::string_view target = message.target();
    const auto question = target.find('?');
    request_.path = target.substr(0, question);
    request_.query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
    const bool whole = parser_->is_header_done();
    // The parser adds a trailer's fields to the message; what was not in the header must stay out of it (RFC 9110
    // section 6.5.1).
    if (whole && parser_->chunked())
        header_ = message.base();
    request_.fields = whole && parser_->chunked() ? &header_ : &message;
    request_.peer_ip = peer_.ip;
    request_.over_unix = peer_.unix_socket;
    request_.local_port = peer_.local_port;
    // Of a header that is not whole the parser must not be asked.
    const auto length = whole ? parser_->content_length() : boost::none;
    if (length)
        request_.content_length = *length;
    request_.id = ids_.next();
    request_.began = Clock::now();
    request_.began_unix_ms = unix_ms_now();
    responder_.begin(request_.id, message.version(), whole && message.keep_alive() && !draining_,
                     message.method() == http::verb::head);
}

awaitable<bool> HttpConnection::serve() {
    auto refusal = handler_.admit(request_, responder_);
    if (refusal) {
        co_await refuse(std::move(*refusal), "refused before the body was read");
        co_return responder_.keep_alive();
    }
    const bool complete = co_await prepare_body();
    if (!complete)
        co_return false;
    co_await handler_.handle(request_, responder_);
    // Answered before all of the body was taken: what is left of it would be taken for the next request.
    if (!parser_->is_done()) {
        responder_.close_after_reply();
        co_await linger();
    }
    co_return responder_.keep_alive();
}

awaitable<void> HttpConnection::refuse_unreadable(boost::system::error_code why) {
    const bool reset = why == asio::error::connection_reset || why == asio::error::broken_pipe;
    if (reset || (why == asio::error::operation_aborted && !timed_out_))
        co_return;
    HttpFault refusal = fault_of(why);
    if (timed_out_)
        refusal = {408, "the request was not complete in time (limits.header_timeout, limits.body_timeout)"};
    co_await refuse_request(refusal.status, refusal.why);
}

awaitable<void> HttpConnection::refuse_request(unsigned status, std::string_view why) {
    HttpReply reply = handler_.error_reply(request_.path, status, why);
    responder_.close_after_reply();
    co_await refuse(std::move(reply), why);
}

awaitable<void> HttpConnection::refuse(HttpReply reply, std::string_view why) {
    if (!parser_->is_done())
        responder_.close_after_reply();
    const bool last = !responder_.keep_alive();
    co_await responder_.send(reply);
    handler_.refused(request_, responder_, why);
    if (last)
        co_await linger();
}

awaitable<void> HttpConnection::linger() {
    boost::system::error_code ec;
    socket_.shutdown(asio::socket_base::shutdown_send, ec);
    io_deadline_ = Clock::now() + kLingerTime;
    std::array<char, 16 * 1024> sink;
    const auto buffer = asio::buffer(sink);
    for (std::size_t taken = 0; !ec && taken < kLingerBytes;) {
        const std::size_t n = co_await socket_.async_read_some(buffer, asio::redirect_error(use_awaitable, ec));
        taken += n;
    }
    io_deadline_ = TimePoint::max();
}

void HttpConnection::expire(TimePoint now) {
    if (now < io_deadline_)
        return;
    io_deadline_ = TimePoint::max();
    timed_out_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void HttpConnection::drain() {
    draining_ = true;
    responder_.close_after_reply();
    boost::system::error_code ignored;
    if (idle_)
        socket_.cancel(ignored);
}

}  // namespace agenthub
