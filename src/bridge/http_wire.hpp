// One connection to an HTTP server: bytes over TCP, TLS or a Unix socket, each operation within a limit.
// Owned by the pool while it is idle, else by the response that comes over it.

#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <memory>
#include <optional>
#include <string_view>

#include "base/async.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"
#include "bridge/http_tls.hpp"
#include "bridge/http_url.hpp"

namespace agenthub {

// Loop thread only. Closed by its destructor, at once; a cancelled operation leaves it open, but of no more use.
class HttpWire {
public:
    explicit HttpWire(Executor executor);
    ~HttpWire();
    HttpWire(const HttpWire&) = delete;
    HttpWire& operator=(const HttpWire&) = delete;

    // Once. `tls` is null where the URL needs none, and outlives the wire. Errors: errc::upstream_unreachable, and
    // errc::cancelled when the coroutine was.
    awaitable<result<void>> connect(const HttpUrl& url, ssl::context* tls, Deadline deadline);

    // What is read or written after this must be done by then: the wire is closed, and the operation fails.
    void set_limit(TimePoint until);
    bool timed_out() const noexcept { return timed_out_; }

    // At least one byte, or an error: asio::error::eof at a proper end.
    awaitable<std::size_t> read_some(asio::mutable_buffer into, boost::system::error_code& ec);
    // All of both; returns how much of it the system took.
    awaitable<std::size_t> write(std::string_view first, std::string_view second, boost::system::error_code& ec);

    void close() noexcept;
    // Of an idle connection: the server has neither closed it nor said anything that nobody asked for.
    bool is_quiet() noexcept;

private:
    using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;
    using Endpoint = asio::generic::stream_protocol::endpoint;

    awaitable<boost::system::error_code> connect_to(Endpoint endpoint);
    awaitable<result<void>> connect_to_host(const HttpUrl& url, Deadline deadline);
    awaitable<result<void>> shake_hands(const HttpUrl& url, ssl::context& tls);
    Error unreachable(const HttpUrl& url, std::string_view why) const;
    Error failed(const HttpUrl& url, boost::system::error_code why) const;
    void arm(TimePoint at);
    void on_timer();

    Socket socket_;
    std::optional<ssl::stream<Socket&>> tls_;
    SteadyTimer timer_;
    TimePoint limit_ = TimePoint::max();
    TimePoint armed_ = TimePoint::max();  // when the timer looks at the limit
    bool timed_out_ = false;
    // The timer's handlers have a weak reference to it: one that is due already would find the wire gone.
    std::shared_ptr<HttpWire*> self_;
};

}  // namespace agenthub
