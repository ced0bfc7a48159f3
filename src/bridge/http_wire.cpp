// Connecting, reading and writing.
// Owned by the pool or a response.

#include "bridge/http_wire.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>

#include "bridge/http_resolve.hpp"

namespace agenthub {

namespace {

// An address that swallows what is sent to it must leave time for those that follow.
Deadline share_of(Deadline deadline, std::size_t addresses) {
    if (deadline.is_never())
        return deadline;
    return Deadline::after(deadline.remaining() / static_cast<Duration::rep>(addresses)).earlier(deadline);
}

}  // namespace

HttpWire::HttpWire(Executor executor) : socket_(executor), timer_(executor), self_(std::make_shared<HttpWire*>(this)) {}

HttpWire::~HttpWire() = default;

awaitable<result<void>> HttpWire::connect(const HttpUrl& url, ssl::context* tls, Deadline deadline) {
    set_limit(deadline.at());
    auto connected = result<void>();
    if (url.socket_path.empty()) {
        connected = co_await connect_to_host(url, deadline);
    } else if (url.socket_path.size() >= sizeof(sockaddr_un::sun_path)) {
        connected = unreachable(url, "the path is too long for a socket");
    } else {
        const asio::local::stream_protocol::endpoint endpoint(url.socket_path);
        const auto ec = co_await connect_to(Endpoint(endpoint));
        if (ec)
            connected = failed(url, ec);
    }
    if (connected && tls != nullptr)
        connected = co_await shake_hands(url, *tls);
    set_limit(TimePoint::max());
    co_return connected;
}

awaitable<result<void>> HttpWire::connect_to_host(const HttpUrl& url, Deadline deadline) {
    const auto endpoints = co_await resolve_host(url.host, url.port, deadline);
    if (!endpoints && endpoints.error().code == errc::cancelled)
        co_return endpoints.error();
    if (!endpoints)
        co_return unreachable(url, endpoints.error().message);
    boost::system::error_code ec;
    std::size_t left = endpoints->size();
    for (const auto& endpoint : *endpoints) {
        timed_out_ = deadline.expired();
        if (timed_out_)
            break;
        set_limit(share_of(deadline, left--).at());
        ec = co_await connect_to(Endpoint(endpoint));
        if (!timed_out_ && (!ec || ec == asio::error::operation_aborted))
            break;
    }
    if (ec || timed_out_)
        co_return failed(url, ec);
    set_limit(deadline.at());
    socket_.set_option(asio::ip::tcp::no_delay(true), ec);
    co_return result<void>();
}

awaitable<boost::system::error_code> HttpWire::connect_to(Endpoint endpoint) {
    boost::system::error_code ec;
    socket_.close(ec);
    socket_.open(endpoint.protocol(), ec);
    if (ec)
        co_return ec;
    ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
    co_await socket_.async_connect(endpoint, asio::redirect_error(use_awaitable, ec));
    co_return ec;
}

awaitable<result<void>> HttpWire::shake_hands(const HttpUrl& url, ssl::context& tls) {
    tls_.emplace(socket_, tls);
    expect_host(tls_->native_handle(), url.host);
    boost::system::error_code ec;
    co_await tls_->async_handshake(ssl::stream_base::client, asio::redirect_error(use_awaitable, ec));
    if (!ec)
        co_return result<void>();
    const std::string fault = certificate_fault(tls_->native_handle());
    if (fault.empty())
        co_return failed(url, ec);
    co_return unreachable(url, "its certificate is not trusted: " + fault);
}

// Who asked may have given up: that tells nothing of the server.
Error HttpWire::failed(const HttpUrl& url, boost::system::error_code why) const {
    if (why == asio::error::operation_aborted && !timed_out_)
        return {errc::cancelled, "the request was broken off"};
    return unreachable(url, why.message());
}

Error HttpWire::unreachable(const HttpUrl& url, std::string_view why) const {
    std::string message = "no connection to " + url.text() + ": ";
    message += timed_out_ ? std::string_view("it was not there in time") : why;
    return {errc::upstream_unreachable, std::move(message)};
}

awaitable<std::size_t> HttpWire::read_some(asio::mutable_buffer into, boost::system::error_code& ec) {
    if (tls_)
        co_return co_await tls_->async_read_some(into, asio::redirect_error(use_awaitable, ec));
    co_return co_await socket_.async_read_some(into, asio::redirect_error(use_awaitable, ec));
}

awaitable<std::size_t> HttpWire::write(std::string_view first, std::string_view second, boost::system::error_code& ec) {
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(first.data(), first.size()),
                                                    asio::buffer(second.data(), second.size())};
    if (tls_)
        co_return co_await asio::async_write(*tls_, buffers, asio::redirect_error(use_awaitable, ec));
    co_return co_await asio::async_write(socket_, buffers, asio::redirect_error(use_awaitable, ec));
}

void HttpWire::set_limit(TimePoint until) {
    limit_ = until;
    // A timer that looks too early looks again, so most operations arm none.
    if (until < armed_)
        arm(until);
}

void HttpWire::arm(TimePoint at) {
    armed_ = at;
    timer_.expires_at(at);
    timer_.async_wait([self = std::weak_ptr<HttpWire*>(self_)](boost::system::error_code ec) {
        const auto wire = self.lock();
        if (!ec && wire)
            (*wire)->on_timer();
    });
}

void HttpWire::on_timer() {
    armed_ = TimePoint::max();
    if (limit_ == TimePoint::max())
        return;
    if (Clock::now() < limit_) {
        arm(limit_);
        return;
    }
    timed_out_ = true;
    close();
}

void HttpWire::close() noexcept {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

bool HttpWire::is_quiet() noexcept {
    if (!socket_.is_open())
        return false;
    char byte = 0;
    const auto n = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

}  // namespace agenthub
