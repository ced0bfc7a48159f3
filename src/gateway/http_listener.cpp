// Accepting connections.
// Owned by the gateway.

#include "gateway/http_listener.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <cstring>

#include "base/log.hpp"

namespace agenthub {
namespace {

using asio::ip::tcp;

constexpr Duration kSweep{500};
// After "too many open files" a pause, or accept would spin until a descriptor is free.
constexpr Duration kAcceptPause{100};
// How long a handshake that has begun may take: of a client on this machine or near.
constexpr Duration kHandshakes{20};
// How long, and how many, refused connections are kept for their answer to arrive.
constexpr Duration kRefusedFor{1'000};
constexpr std::size_t kRefusedKept = 64;
// Connections whose going is worth the milliseconds that giving back takes.
constexpr std::size_t kCrowd = 256;

// Of a connected TCP socket; a Unix socket has neither.
HttpConnection::Peer describe_peer(const HttpSocket& socket) {
    HttpConnection::Peer peer;
    boost::system::error_code ec;
    const auto remote = socket.remote_endpoint(ec);
    const auto local = socket.local_endpoint(ec);
    if (ec || local.data()->sa_family == AF_UNIX) {
        peer.ip = "unix";
        peer.unix_socket = true;
        return peer;
    }
    tcp::endpoint from;
    tcp::endpoint to;
    from.resize(remote.size());
    to.resize(local.size());
    std::memcpy(from.data(), remote.data(), remote.size());
    std::memcpy(to.data(), local.data(), local.size());
    peer.ip = from.address().to_string();
    peer.local_port = to.port();
    return peer;
}

}  // namespace

HttpListener::HttpListener(Executor executor, const Limits& limits, HttpHandler& handler)
    : executor_(executor), limits_(limits), handler_(handler), accepting_(executor), serving_(executor) {}

result<void> HttpListener::open(const std::vector<ListenAddress>& addresses) {
    for (const auto& address : addresses) {
        auto opened = open_listen_socket(executor_, address);
        if (!opened)
            return opened.error();
        add(std::move(*opened));
    }
    return {};
}

result<void> HttpListener::adopt(std::vector<PassedSocket> passed) {
    for (auto& socket : passed) {
        auto adopted = adopt_listen_socket(executor_, std::move(socket));
        if (!adopted)
            return adopted.error();
        add(std::move(*adopted));
    }
    return {};
}

void HttpListener::add(ListenSocket socket) {
    sockets_.push_back(std::move(socket));
    urls_.push_back(sockets_.back().url);
}

void HttpListener::start() {
    for (auto& socket : sockets_)
        accepting_.spawn(accept_loop(socket.acceptor), "accept");
    accepting_.spawn(sweep(), "connection deadlines");
}

awaitable<void> HttpListener::accept_loop(ListenSocket::Acceptor& acceptor) {
    boost::system::error_code ec;
    for (;;) {
        HttpSocket socket(executor_);
        co_await acceptor.async_accept(socket, asio::redirect_error(use_awaitable, ec));
        if (ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor || (ec && draining_))
            co_return;
        if (ec)
            co_await pause_accepting(ec);
        else
            take(std::move(socket));
    }
}

void HttpListener::take(HttpSocket socket) {
    if (connections_.size() >= limits_.connections) {
        refuse(std::move(socket));
        return;
    }
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    serving_.spawn(serve(std::move(socket)), "connection");
}

void HttpListener::take_waiting(ListenSocket::Acceptor& acceptor) {
    boost::system::error_code ec;
    acceptor.non_blocking(true, ec);
    while (!ec) {
        HttpSocket socket(executor_);
        acceptor.accept(socket, ec);
        if (!ec)
            take(std::move(socket));
    }
}

// Whoever waits in a queue has connected, and whoever is in the middle of the handshake believes so soon: they would be
// reset together with the listening socket, their requests perhaps on their way. So the handshakes get their time, and
// all of them are told that nobody has read anything.
awaitable<void> HttpListener::end_accepting() {
    SteadyTimer timer(executor_, kHandshakes);
    co_await timer.async_wait(use_awaitable);
    boost::system::error_code ignored;
    for (auto& socket : sockets_) {
        if (socket.adopted)
            continue;
        take_waiting(socket.acceptor);
        socket.acceptor.close(ignored);
    }
}

awaitable<void> HttpListener::pause_accepting(boost::system::error_code why) {
    static LogRateLimit limit(1, 10'000);
    std::uint64_t suppressed = 0;
    const auto now = std::chrono::duration_cast<Duration>(Clock::now().time_since_epoch()).count();
    if (limit.admit(now, suppressed))
        log().warn("cannot accept connections: {} ({} times more since the last such line)", why.message(), suppressed);
    SteadyTimer timer(executor_, kAcceptPause);
    co_await timer.async_wait(use_awaitable);
}

// Over the limit: one small answer without reading, so that the client knows why. The socket stays for a moment: closed
// with bytes unread, it would take the answer away from a client that is still sending (RFC 9112 section 9.6).
void HttpListener::refuse(HttpSocket socket) {
    static const std::string body = R"({"detail":"AgentHub has as many connections as limits.connections allows"})";
    const std::string reply = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: " +
                              std::to_string(body.size()) + "\r\nX-Request-ID: " + std::string(ids_.next().view()) +
                              "\r\nRetry-After: 1\r\nConnection: close\r\n\r\n" + body;
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.send(asio::buffer(reply), 0, ignored);
    socket.shutdown(asio::socket_base::shutdown_send, ignored);
    if (refused_.size() == kRefusedKept)
        refused_.pop_front();
    refused_.push_back({std::move(socket), Clock::now() + kRefusedFor});
}

awaitable<void> HttpListener::serve(HttpSocket socket) {
    auto peer = describe_peer(socket);
    boost::system::error_code ignored;
    if (!peer.unix_socket)
        socket.set_option(tcp::no_delay(true), ignored);
    const auto connection =
        std::make_shared<HttpConnection>(std::move(socket), std::move(peer), limits_, handler_, ids_, serving_);
    // Taken out by the destructor, also when the coroutine is cancelled.
    struct Entry {
        std::list<HttpConnection*>& list;
        std::list<HttpConnection*>::iterator at;
        ~Entry() { list.erase(at); }
    } const entry{connections_, connections_.insert(connections_.end(), connection.get())};
    if (draining_)
        connection->drain();
    co_await connection->run();
}

awaitable<void> HttpListener::sweep() {
    SteadyTimer timer(executor_);
    for (;;) {
        timer.expires_after(kSweep);
        co_await timer.async_wait(use_awaitable);
        expire(Clock::now());
    }
}

void HttpListener::expire(TimePoint now) {
    for (HttpConnection* connection : connections_)
        connection->expire(now);
    while (!refused_.empty() && refused_.front().until <= now)
        refused_.pop_front();
    give_back_after_a_crowd();
}

// What thousands of connections took lies scattered in the heap when they have gone, and malloc keeps it.
void HttpListener::give_back_after_a_crowd() {
    most_ = std::max(most_, connections_.size());
    if (most_ < kCrowd || connections_.size() > most_ / 4)
        return;
    most_ = connections_.size();
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

void HttpListener::drain() {
    if (draining_)
        return;
    draining_ = true;
    boost::system::error_code ignored;
    for (auto& socket : sockets_) {
        if (socket.adopted)  // the queue is the next daemon's
            socket.acceptor.close(ignored);
        else
            close_queue(socket.acceptor);
    }
    for (HttpConnection* connection : connections_)
        connection->drain();
    serving_.spawn(end_accepting(), "end of accepting");
}

awaitable<void> HttpListener::wait_idle(Deadline deadline) {
    auto idle = serving_.join();
    co_await ends_by(std::move(idle), deadline);
}

awaitable<void> HttpListener::stop() {
    accepting_.cancel();
    serving_.cancel();
    co_await accepting_.join();
    co_await serving_.join();
    boost::system::error_code ignored;
    for (auto& socket : sockets_)
        socket.acceptor.close(ignored);
    refused_.clear();
}

}  // namespace agenthub
