// Reading requests within their limits.
// Owned by the listener's task for it.

#include "gateway/http_connection.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/give_back.hpp"
#include "base/text.hpp"
#include "gateway/http_fault.hpp"

namespace agenthub {
namespace {

// After a refusal the client may still be sending; its bytes are read and dropped so that it sees the reply instead of
// a reset, within these bounds.
constexpr Duration kLingerTime{2'000};
constexpr std::size_t kLingerBytes = 64u << 20;
// When an idle connection gives back what it keeps for the next request.
constexpr Duration kRestAfter{1'000};
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
        go_on = co_await read_header();
        if (go_on)
            go_on = co_await serve();
        if (buffer_.size() == 0)
            buffer_.shrink_to_fit();
        // Reading and answering what has come already waits for nothing: everybody else gets a turn in between.
        if (go_on && buffer_.size() > 0)
            co_await asio::post(socket_.get_executor(), use_awaitable);
    } while (go_on);
    boost::system::error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_both, ignored);
}

awaitable<bool> HttpConnection::serve() {
    auto refusal = handler_.admit(request_, responder_);
    if (refusal) {
        co_await refuse(std::move(*refusal), "refused before the body was read");
        co_return responder_.keep_alive();
    }
    if (!parser_->is_done()) {
        const bool complete = co_await prepare_body();
        if (!complete)
            co_return false;
    }
    // Taken whole: the block is the next connection's, still in the processor's cache, while this one waits.
    if (buffer_.size() == 0)
        buffer_.shrink_to_fit();
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

// What a busy connection keeps from request to request is not worth its memory on one that rests.
void HttpConnection::release_memory() {
    repeated_.release_memory();
    give_back(request_.body);
    request_ = HttpRequest();
    parser_.reset();
    index_.clear();
    responder_.release_memory();
    buffer_.shrink_to_fit();
}

void HttpConnection::expire(TimePoint now) {
    if (idle_ && parser_ && now - (io_deadline_ - limits_.keep_alive) >= kRestAfter)
        release_memory();
    if (now < io_deadline_)
        return;
    io_deadline_ = TimePoint::max();
    timed_out_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void HttpConnection::drain() {
    draining_ = true;
    // A client whose reply promised another turn already is told of the end after it: see await_first_bytes().
    if (!responder_.replied())
        responder_.close_after_reply();
    boost::system::error_code ignored;
    if (idle_)
        socket_.cancel(ignored);
}

}  // namespace agenthub
