// Accepting connections.
// Owned by the gateway.

#include "gateway/http_listener.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>

#include <cerrno>

#include "base/log.hpp"

namespace agenthub {
namespace {

using asio::ip::tcp;

constexpr Duration kSweep{500};
// After "too many open files" a pause, or accept would spin until a descriptor is free.
constexpr Duration kAcceptPause{100};

std::string url_of(const tcp::endpoint& endpoint) {
    const auto address = endpoint.address();
    const std::string host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
    return "http://" + host + ":" + std::to_string(endpoint.port());
}

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

Error cannot_listen(const std::string& address, const boost::system::error_code& ec) {
    std::string text = "cannot listen on " + address + ": " + ec.message();
    if (ec == asio::error::address_in_use)
        text += ". Another program, perhaps another AgentHub, uses it; stop that one or choose another with --listen";
    else if (ec == asio::error::access_denied)
        text += ". Choose a port above 1023 or a path that this user may write";
    return {errc::io_error, text};
}

}  // namespace

HttpListener::HttpListener(Executor executor, const Limits& limits, HttpHandler& handler)
    : executor_(executor), limits_(limits), handler_(handler), accepting_(executor), serving_(executor) {}

HttpListener::~HttpListener() {
    for (const auto& file : socket_files_)
        ::unlink(file.c_str());
}

result<void> HttpListener::open(const std::vector<ListenAddress>& addresses) {
    for (const auto& address : addresses)
        if (auto opened = open_one(address); !opened)
            return opened;
    return {};
}

// Where to bind; a Unix socket's stale file is taken away. A generic endpoint converts from anything, an error
// included, so each outcome is named.
static result<asio::generic::stream_protocol::endpoint> endpoint_of(const ListenAddress& address) {
    using Found = result<asio::generic::stream_protocol::endpoint>;
    using boost::system::in_place_error;
    if (address.kind == ListenAddress::Kind::unix_socket) {
        if (address.path.size() >= sizeof(sockaddr_un{}.sun_path))
            return Found(in_place_error, errc::io_error,
                         "cannot listen on " + address.text() + ": the path is too long");
        ::unlink(address.path.c_str());
        return Found(boost::system::in_place_value, asio::local::stream_protocol::endpoint(address.path));
    }
    boost::system::error_code ec;
    const auto host = asio::ip::make_address(address.host == "localhost" ? "127.0.0.1" : address.host, ec);
    if (ec)
        return Found(in_place_error, errc::io_error,
                     "cannot listen on " + address.text() + ": '" + address.host +
                         "' is not an IP address; use 127.0.0.1, ::1, 0.0.0.0 or the like");
    return Found(boost::system::in_place_value, tcp::endpoint(host, address.port));
}

result<void> HttpListener::open_one(const ListenAddress& address) {
    const bool is_unix = address.kind == ListenAddress::Kind::unix_socket;
    const auto found = endpoint_of(address);
    if (!found)
        return found.error();
    const auto endpoint = *found;
    boost::system::error_code ec;
    auto& acceptor = acceptors_.emplace_back(executor_);
    acceptor.open(endpoint.protocol(), ec);
    // No server process may inherit it; Asio itself sets no CLOEXEC.
    if (!ec)
        ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    if (!ec && !is_unix)
        acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    const mode_t before = ::umask(is_unix ? 0177 : 022);
    if (!ec)
        acceptor.bind(endpoint, ec);
    ::umask(before);
    if (!ec)
        acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (ec)
        return cannot_listen(address.text(), ec);
    if (is_unix) {
        socket_files_.push_back(address.path);
        urls_.push_back(address.text());
        return {};
    }
    const auto bound = acceptor.local_endpoint(ec);
    tcp::endpoint actual;
    actual.resize(bound.size());
    std::memcpy(actual.data(), bound.data(), bound.size());
    urls_.push_back(url_of(actual));
    return {};
}

void HttpListener::start() {
    for (auto& acceptor : acceptors_)
        accepting_.spawn(accept_loop(acceptor), "accept");
    accepting_.spawn(sweep(), "connection deadlines");
}

awaitable<void> HttpListener::accept_loop(Acceptor& acceptor) {
    boost::system::error_code ec;
    for (;;) {
        HttpSocket socket(executor_);
        co_await acceptor.async_accept(socket, asio::redirect_error(use_awaitable, ec));
        if (ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor)
            co_return;
        if (ec) {
            co_await pause_accepting(ec);
        } else if (connections_.size() >= limits_.connections) {
            refuse(std::move(socket));
        } else {
            ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
            serving_.spawn(serve(std::move(socket)), "connection");
        }
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

// Over the limit: one small answer without reading, so that the client knows why.
void HttpListener::refuse(HttpSocket socket) {
    static const std::string reply = [] {
        const std::string body = R"({"detail":"AgentHub has as many connections as limits.connections allows"})";
        return "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\nRetry-After: 1\r\nConnection: close\r\n\r\n" + body;
    }();
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.send(asio::buffer(reply), 0, ignored);
    socket.shutdown(asio::socket_base::shutdown_both, ignored);
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
        const TimePoint now = Clock::now();
        for (HttpConnection* connection : connections_)
            connection->expire(now);
    }
}

void HttpListener::drain() {
    draining_ = true;
    boost::system::error_code ignored;
    for (auto& acceptor : acceptors_)
        acceptor.close(ignored);
    for (HttpConnection* connection : connections_)
        connection->drain();
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
}

}  // namespace agenthub
