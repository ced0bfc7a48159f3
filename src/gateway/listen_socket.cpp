// Binding and listening.
// Functions without state.

#include "gateway/listen_socket.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace agenthub {
namespace {

using asio::ip::tcp;
using Endpoint = asio::generic::stream_protocol::endpoint;
namespace errc_t = boost::system::errc;

Error cannot_listen(const ListenAddress& address, std::string_view why, std::string_view advice) {
    return {errc::io_error, "cannot listen on " + address.text() + ": " + std::string(why) + std::string(advice)};
}

Error cannot_listen(const ListenAddress& address, const boost::system::error_code& ec) {
    std::string_view advice;
    if (ec == errc_t::address_in_use)
        advice = ". Another program, perhaps another AgentHub, uses it; stop that one or choose another with --listen";
    else if (ec == errc_t::permission_denied)
        advice = ". Choose a port above 1023 or a path that this user may write";
    else if (ec == errc_t::address_not_available)
        advice = ". This machine has no such address; use 127.0.0.1, ::1, or 0.0.0.0 for all";
    return cannot_listen(address, ec.message(), advice);
}

// Takes the file of a daemon that is gone out of the way: a socket that refuses connections.
result<void> clear_path(Executor executor, const ListenAddress& address) {
    struct stat info{};
    if (::lstat(address.path.c_str(), &info) != 0)
        return {};
    if (!S_ISSOCK(info.st_mode))
        return cannot_listen(address, "there is a file that is no socket", ". Remove it or choose another path");
    asio::local::stream_protocol::socket probe(executor);
    boost::system::error_code ec;
    probe.connect(asio::local::stream_protocol::endpoint(address.path), ec);
    if (ec != errc_t::connection_refused)
        return cannot_listen(address, make_error_code(errc_t::address_in_use));
    ::unlink(address.path.c_str());
    return {};
}

// A generic endpoint converts from anything, an error included, so each outcome is named.
result<Endpoint> endpoint_of(Executor executor, const ListenAddress& address) {
    using boost::system::in_place_error;
    using boost::system::in_place_value;
    if (address.kind == ListenAddress::Kind::unix_socket) {
        if (address.path.size() > kMaxSocketPath)
            return {in_place_error, cannot_listen(address, "the path is too long", ". Choose a shorter one")};
        return {in_place_value, asio::local::stream_protocol::endpoint(address.path)};
    }
    boost::system::error_code ec;
    const auto ip = asio::ip::make_address(address.host == "localhost" ? "127.0.0.1" : address.host, ec);
    if (!ec)
        return {in_place_value, tcp::endpoint(ip, address.port)};
    tcp::resolver resolver(executor);
    const auto found = resolver.resolve(address.host, std::to_string(address.port), tcp::resolver::passive, ec);
    if (ec || found.empty())
        return {in_place_error,
                cannot_listen(address, "'" + address.host + "' is neither an IP address nor a known host",
                              "; use 127.0.0.1, ::1, 0.0.0.0 or the like")};
    return {in_place_value, found.begin()->endpoint()};
}

boost::system::error_code bind_and_listen(ListenSocket::Acceptor& acceptor, const Endpoint& endpoint, bool is_unix) {
    boost::system::error_code ec;
    acceptor.open(endpoint.protocol(), ec);
    if (ec)
        return ec;
    // No server process may inherit it; Asio itself sets no CLOEXEC.
    ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    if (!is_unix)
        acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    const mode_t before = ::umask(is_unix ? 0177 : 022);
    if (!ec)
        acceptor.bind(endpoint, ec);
    ::umask(before);
    if (!ec)
        acceptor.listen(asio::socket_base::max_listen_connections, ec);
    return ec;
}

std::string url_of(const ListenSocket::Acceptor& acceptor) {
    const auto bound = acceptor.local_endpoint();
    tcp::endpoint actual;
    actual.resize(bound.size());
    std::memcpy(actual.data(), bound.data(), bound.size());
    const auto ip = actual.address();
    const std::string host = ip.is_v6() ? "[" + ip.to_string() + "]" : ip.to_string();
    return "http://" + host + ":" + std::to_string(actual.port());
}

int option_of(int fd, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

// "unix:/path", or "unix:@name" of an abstract one.
std::string unix_url_of(const ListenSocket::Acceptor& acceptor) {
    const auto bound = acceptor.local_endpoint();
    const auto* const address = reinterpret_cast<const sockaddr_un*>(bound.data());
    std::string path(address->sun_path, bound.size() - offsetof(sockaddr_un, sun_path));
    if (path.starts_with('\0'))
        path[0] = '@';
    else
        path.resize(std::min(path.size(), path.find('\0')));
    return "unix:" + path;
}

}  // namespace

SocketFile::~SocketFile() {
    if (!path_.empty())
        ::unlink(path_.c_str());
}

result<ListenSocket> open_listen_socket(Executor executor, const ListenAddress& address) {
    const bool is_unix = address.kind == ListenAddress::Kind::unix_socket;
    const auto endpoint = endpoint_of(executor, address);
    if (!endpoint)
        return endpoint.error();
    if (is_unix)
        if (const auto cleared = clear_path(executor, address); !cleared)
            return cleared.error();
    ListenSocket::Acceptor acceptor(executor);
    if (const auto ec = bind_and_listen(acceptor, *endpoint, is_unix))
        return cannot_listen(address, ec);
    if (is_unix)
        return ListenSocket{std::move(acceptor), address.text(), SocketFile(address.path), false};
    std::string url = url_of(acceptor);
    return ListenSocket{std::move(acceptor), std::move(url), SocketFile(), false};
}

result<ListenSocket> adopt_listen_socket(Executor executor, PassedSocket passed) {
    const int fd = passed.fd.get();
    const int family = option_of(fd, SO_DOMAIN);
    const bool is_unix = family == AF_UNIX;
    const bool is_stream =
        option_of(fd, SO_TYPE) == SOCK_STREAM && (is_unix || family == AF_INET || family == AF_INET6);
    if (!is_stream || option_of(fd, SO_ACCEPTCONN) != 1)
        return Error(errc::invalid_config, "the service manager passed descriptor " + std::to_string(fd) + " ('" +
                                               passed.name + "'), which is no listening TCP or Unix stream socket. " +
                                               "Use ListenStream= and Accept=no in the .socket unit");
    ListenSocket::Acceptor acceptor(executor);
    boost::system::error_code ec;
    acceptor.assign(asio::generic::stream_protocol(family, is_unix ? 0 : IPPROTO_TCP), fd, ec);
    if (ec)
        return Error(errc::io_error, "cannot listen on the passed descriptor " + std::to_string(fd) + " ('" +
                                         passed.name + "'): " + ec.message());
    passed.fd.release();  // the acceptor's now
    std::string url = is_unix ? unix_url_of(acceptor) : url_of(acceptor);
    return ListenSocket{std::move(acceptor), std::move(url), SocketFile(), true};
}

void close_queue(ListenSocket::Acceptor& acceptor) {
    const int fd = acceptor.native_handle();
    if (option_of(fd, SO_DOMAIN) == AF_UNIX) {
        ::shutdown(fd, SHUT_RD);  // of a listening TCP socket it would reset the queue
        return;
    }
    // Drops what begins a connection; the end of a handshake that is under way still gets in.
    constexpr std::uint32_t kFlags = 13;  // where the flags are in a TCP header (RFC 9293 section 3.1)
    constexpr std::uint32_t kSyn = 2;
    constexpr std::uint32_t kWhole = 0xffffffff;
    std::array<sock_filter, 4> code{{{BPF_LD | BPF_B | BPF_ABS, 0, 0, kFlags},
                                     {BPF_JMP | BPF_JSET | BPF_K, 0, 1, kSyn},
                                     {BPF_RET | BPF_K, 0, 0, 0},
                                     {BPF_RET | BPF_K, 0, 0, kWhole}}};
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    // Where the kernel has no filters, the gap of a few microseconds stays.
    ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

}  // namespace agenthub
