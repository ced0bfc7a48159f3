// Reading requests within their limits.
// Owned by the listener's task for it.

#include "gateway/http_connection.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace agenthub {
namespace {

// After a refusal the client may still be sending; its bytes are read and dropped so that it sees the reply instead of
// a reset, within these bounds.
constexpr Duration kLingerTime{2'000};
constexpr std::size_t kLingerBytes = 64u << 20;
// What an idle connection keeps of its read buffer.
constexpr std::size_t kKeptBuffer = 8 * 1024;

struct Refusal {
    unsigned status;
    std::string_view why;
};

Refusal refusal_of(boost::system::error_code ec) {
    using http::error;
    if (ec == error::header_limit)
        return {431, "the request's header is larger than limits.header_bytes"};
    if (ec == error::body_limit)
        return {413, "the request's body is larger than limits.body_bytes"};
    if (ec == error::bad_version)
        return {505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
    if (ec == error::bad_transfer_encoding)
        return {501, "this Transfer-Encoding is not supported; use chunked or Content-Length"};
    if (ec == error::bad_chunk || ec == error::bad_chunk_extension || ec == error::buffer_overflow)
        return {400, "the chunked body is malformed"};
    if (ec == error::bad_content_length || ec == error::multiple_content_length)
        return {400, "the Content-Length is malformed or given twice"};
    if (ec == error::partial_message || ec == error::end_of_stream)
        return {400, "the request ended before it was complete"};
    return {400, "the request is not valid HTTP"};
}

}  // namespace

HttpConnection::HttpConnection(HttpSocket socket, Peer peer, const Limits& limits, HttpHandler& handler,
                               RequestIds& ids, TaskGroup& tasks)
    : socket_(std::move(socket)),
      peer_(std::move(peer)),
      limits_(limits),
      handler_(handler),
      ids_(ids),
      responder_(socket_, io_deadline_, limits.body_timeout, tasks) {}

awaitable<void> HttpConnection::run() {
    responder_.set_owner(weak_from_this());
    bool go_on = true;
    while (go_on && !draining_) {
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
        parser_->body_limit(limits_.body_bytes);
        go_on = co_await read_header();
        if (go_on)
            go_on = co_await serve();
        if (buffer_.size() == 0 && buffer_.capacity() > kKeptBuffer)
            buffer_ = boost::beast::flat_buffer();
    }
    boost::system::error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_both, ignored);
}

awaitable<bool> HttpConnection::read_header() {
    boost::system::error_code ec;
    idle_ = buffer_.size() == 0;
    if (idle_) {
        // The keep-alive time ends with the first byte; from then on the header's own limit counts.
        io_deadline_ = Clock::now() + limits_.keep_alive;
        co_await socket_.async_wait(asio::socket_base::wait_read, asio::redirect_error(use_awaitable, ec));
        idle_ = false;
        if (ec || draining_)
            co_return false;
    }
    io_deadline_ = Clock::now() + limits_.header_timeout;
    co_await http::async_read_header(socket_, buffer_, *parser_, asio::redirect_error(use_awaitable, ec));
    io_deadline_ = TimePoint::max();
    describe_request();
    if (!ec)
        co_return true;
    const bool nothing_came = ec == http::error::end_of_stream;
    if (!nothing_came)
        co_await refuse_unreadable(ec);
    co_return false;
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
    request_.fields = &message;
    request_.peer_ip = peer_.ip;
    request_.over_unix = peer_.unix_socket;
    request_.local_port = peer_.local_port;
    request_.id = ids_.next();
    request_.began = Clock::now();
    request_.began_unix_ms = unix_ms_now();
    responder_.begin(request_.id, message.version(), parser_->is_header_done() && message.keep_alive(),
                     message.method() == http::verb::head);
}

awaitable<bool> HttpConnection::serve() {
    auto refusal = handler_.admit(request_, responder_);
    if (refusal) {
        co_await refuse(std::move(*refusal), "refused before the body was read");
        co_return responder_.keep_alive();
    }
    const bool complete = co_await read_body();
    if (!complete)
        co_return false;
    if (draining_)
        responder_.close_after_reply();
    co_await handler_.handle(request_, responder_);
    co_return responder_.keep_alive();
}

awaitable<bool> HttpConnection::read_body() {
    if (parser_->is_done())
        co_return true;
    if (iequals(request_.header("Expect"), "100-continue"))
        co_await responder_.send_continue();
    boost::system::error_code ec;
    // Usually the whole body has come with the header: parsing it here saves a turn of the loop.
    if (buffer_.size() > 0) {
        buffer_.consume(parser_->put(buffer_.data(), ec));
        if (ec == http::error::need_more)
            ec = {};
    }
    if (!ec && !parser_->is_done()) {
        io_deadline_ = Clock::now() + limits_.body_timeout;
        co_await http::async_read(socket_, buffer_, *parser_, asio::redirect_error(use_awaitable, ec));
        io_deadline_ = TimePoint::max();
    }
    request_.body = std::move(parser_->get().body());
    request_.body_bytes = request_.body.size();
    if (ec)
        co_await refuse_unreadable(ec);
    co_return !ec;
}

awaitable<void> HttpConnection::refuse_unreadable(boost::system::error_code why) {
    const bool reset = why == asio::error::connection_reset || why == asio::error::broken_pipe;
    if (reset || (why == asio::error::operation_aborted && !timed_out_))
        co_return;
    Refusal refusal = refusal_of(why);
    if (timed_out_)
        refusal = {408, "the request was not complete in time (limits.header_timeout, limits.body_timeout)"};
    HttpReply reply = handler_.error_reply(request_.path, refusal.status, refusal.why);
    responder_.close_after_reply();
    co_await refuse(std::move(reply), refusal.why);
}

awaitable<void> HttpConnection::refuse(HttpReply reply, std::string_view why) {
    const bool body_pending = !parser_->is_done();
    if (body_pending)
        responder_.close_after_reply();
    co_await responder_.send(reply);
    handler_.refused(request_, responder_, why);
    if (body_pending)
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
