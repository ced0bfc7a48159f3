// Reading a request's body: whole, or piece by piece as it is passed on.
// Part of HttpConnection.

#include <boost/asio/redirect_error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include "base/text.hpp"
#include "gateway/http_connection.hpp"
#include "gateway/http_fault.hpp"

namespace agenthub {
namespace {

// What is kept of a body that may come in pieces: all of an ordinary one.
constexpr std::size_t kBeginning = 1u << 20;
// How much of the rest must come within each body_timeout: who sends a byte now and then would keep a place at the
// model for ever.
constexpr std::size_t kStretch = 64 * 1024;

// What the end of a body that was not complete means. The model has no part in it.
Error unread(boost::system::error_code why, bool timed_out) {
    using http::error;
    if (timed_out)
        return {errc::timeout, "the request's body did not come in time (limits.body_timeout); send it faster"};
    const bool left = why == asio::error::eof || why == asio::error::connection_reset ||
                      why == asio::error::broken_pipe || why == asio::error::operation_aborted ||
                      why == error::partial_message || why == error::end_of_stream;
    if (left)
        return {errc::cancelled, "the client left in the middle of its request"};
    return {errc::invalid_request, std::string(fault_of(why).why)};
}

}  // namespace

awaitable<bool> HttpConnection::prepare_body() {
    if (!request_.takes_pieces) {
        parser_->body_limit(limits_.body_bytes);
        if (request_.content_length > limits_.body_bytes) {
            co_await refuse_unreadable(http::error::body_limit);
            co_return false;
        }
    }
    if (parser_->get().version() >= 11 && iequals(request_.header("Expect"), "100-continue"))
        co_await responder_.send_continue();
    if (request_.takes_pieces)
        co_return co_await read_beginning();
    co_return co_await read_body();
}

awaitable<bool> HttpConnection::read_body() {
    boost::system::error_code ec;
    parser_->get().body().reserve(request_.content_length.value_or(0));
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

// All of it, or what is enough to begin with; the rest then comes by next().
awaitable<bool> HttpConnection::read_beginning() {
    boost::system::error_code ec;
    parser_->eager(true);
    const TimePoint until = Clock::now() + limits_.body_timeout;
    while (!ec && !parser_->is_done() && parser_->get().body().size() < kBeginning)
        ec = co_await read_piece(until);
    std::swap(request_.body, parser_->get().body());
    request_.body_bytes = request_.body.size();
    if (ec)
        co_await refuse_unreadable(ec);
    else if (!parser_->is_done())
        request_.rest = this;
    rest_time_ = Duration::zero();
    rest_bytes_ = 0;
    co_return !ec;
}

// Some bytes more, parsed.
awaitable<boost::system::error_code> HttpConnection::read_piece(TimePoint until) {
    boost::system::error_code ec;
    io_deadline_ = until;
    co_await http::async_read_some(socket_, buffer_, *parser_, asio::redirect_error(use_awaitable, ec));
    io_deadline_ = TimePoint::max();
    co_return ec;
}

awaitable<result<bool>> HttpConnection::next(std::string& piece) {
    piece.clear();
    boost::system::error_code ec;
    // The time that the model takes to read is not the client's.
    const TimePoint began = Clock::now();
    while (!ec && parser_->get().body().empty() && !parser_->is_done())
        ec = co_await read_piece(began + limits_.body_timeout - rest_time_);
    if (ec) {
        responder_.close_after_reply();
        co_return unread(ec, timed_out_);
    }
    std::swap(piece, parser_->get().body());
    request_.body_bytes += piece.size();
    rest_time_ += std::chrono::duration_cast<Duration>(Clock::now() - began);
    rest_bytes_ += piece.size();
    if (rest_bytes_ >= kStretch) {
        rest_time_ = Duration::zero();
        rest_bytes_ = 0;
    }
    co_return !piece.empty();
}

}  // namespace agenthub
