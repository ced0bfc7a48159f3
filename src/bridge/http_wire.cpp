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
            connected = unreachable(url, ec.message());
    }
    if (connected && tls != nullptr)
        connected = co_await shake_hands(url, *tls);
    set_limit(TimePoint::max());
    co_return connected;
}

awaitable<result<void>> HttpWire::connect_to_host(const HttpUrl& url, Deadline deadline) {
    const auto endpoints = co_await resolve_host(url.host, url.port, deadline);
    if (!endpoints)
        co_return unreachable(url, endpoints.error().message);
    boost::system::error_code ec;
    for (const auto& endpoint : *endpoints) {
        ec = co_await connect_to(Endpoint(endpoint));
        if (!ec || timed_out_)
            break;
    }
    if (ec)
        co_return unreachable(url, ec.message());
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
    co_return unreachable(url, fault.empty() ? ec.message() : "its certificate is not trusted: " + fault);
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
