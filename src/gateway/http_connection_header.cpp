// Reading a request's header: the first bytes, and what they say.
// Part of HttpConnection.

#include <sys/socket.h>
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <cerrno>

#include "base/text.hpp"
#include "gateway/http_connection.hpp"
#include "gateway/http_fault.hpp"

namespace agenthub {
namespace {

// Whatever was on its way when an idle connection was ended has come by then.
constexpr Duration kGoodbyeTime{50};
// What is read of a request at first: room for the usual small call, header and body.
constexpr std::size_t kFirstRead = 2 * 1024;

}  // namespace

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
    if (take_repeated())
        co_return true;
    boost::system::error_code ec;
    std::size_t size = parse_first_bytes(ec);
    if (!ec && !parser_->is_header_done()) {
        // The keep-alive time ends with the first byte; from then on the header's own limit counts.
        io_deadline_ = Clock::now() + limits_.header_timeout;
        size += co_await http::async_read_header(socket_, buffer_, *parser_, asio::redirect_error(use_awaitable, ec));
    }
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

// A request whose header is known and whose body is here: there is nothing to parse. False for any other.
bool HttpConnection::take_repeated() {
    const std::string_view bytes(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    const auto match = parser_ && parser_->is_done() ? repeated_.match(bytes) : std::nullopt;
    if (!match || match->header_bytes > limits_.header_bytes || match->body_bytes > limits_.body_bytes)
        return false;
    io_deadline_ = TimePoint::max();
    if (request_.content_length && request_.content_length != match->body_bytes) {
        parser_->get().set(http::field::content_length, std::to_string(match->body_bytes));
        request_.content_length = match->body_bytes;
        index_.build(*request_.fields);
    }
    request_.body.assign(bytes.substr(match->header_bytes, match->body_bytes));
    request_.body_bytes = match->body_bytes;
    request_.repeats = true;
    request_.rest = nullptr;
    request_.ticket = {};
    buffer_.consume(match->header_bytes + match->body_bytes);
    begin_request(true);
    return true;
}

// Usually all of the header has come at once: no turn of the loop is needed for it.
std::size_t HttpConnection::parse_first_bytes(boost::system::error_code& ec) {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser_->body_limit(boost::none);  // by prepare_body(), which knows whose body it is
    const std::size_t size = parser_->put(buffer_.data(), ec);
    if (ec == http::error::need_more)
        ec = {};
    repeated_.forget();
    if (!ec && parser_->is_header_done() && parser_->keep_alive())
        repeated_.keep({static_cast<const char*>(buffer_.data().data()), size});
    buffer_.consume(size);
    return size;
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
    index_.build(*request_.fields);
    request_.index = &index_;
    request_.peer_ip = peer_.ip;
    request_.over_unix = peer_.unix_socket;
    request_.local_port = peer_.local_port;
    // Of a header that is not whole the parser must not be asked.
    const auto length = whole ? parser_->content_length() : boost::none;
    if (length)
        request_.content_length = *length;
    begin_request(whole && message.keep_alive());
}

void HttpConnection::begin_request(bool keep_alive) {
    request_.id = ids_.next();
    request_.began = Clock::now();
    request_.began_unix_ms = unix_ms_now();
    responder_.begin(request_.id, parser_->get().version(), keep_alive && !draining_,
                     request_.verb == http::verb::head);
}

}  // namespace agenthub
