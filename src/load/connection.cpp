// Connecting, sending, receiving.
// Owned by a session.

#include "load/connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace agenthub::load {
namespace {

sockaddr_in address_of(const Options& options) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(options.port));
    if (::inet_pton(AF_INET, options.host.c_str(), &address.sin_addr) != 1)
        throw std::system_error(EINVAL, std::generic_category(), "no numeric IPv4 address in " + options.url);
    return address;
}

}  // namespace

bool Connection::is_answered(const Options& options) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = address_of(options);
    const bool answered = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    return answered;
}

void Connection::close() {
    if (fd_ >= 0)
        ::close(fd_);
    fd_ = -1;
}

std::string Connection::fault() const {
    return std::string("connection: ") + std::strerror(error_);
}

void Connection::open() {
    close();
    output.clear();
    input.clear();
    sent_ = 0;
    peer_closed_ = false;
    error_ = 0;
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0)
        throw std::system_error(errno, std::generic_category(), "no socket for " + options_.url);
    const sockaddr_in address = address_of(options_);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS)
        error_ = errno;
    epoll_event interest{};
    interest.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    interest.data.ptr = owner_;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &interest);
}

bool Connection::is_passing(int error) {
    if (error == EAGAIN || error == EINTR || error == ENOTCONN)
        return true;
    if (error_ == 0)
        error_ = error;
    return false;
}

void Connection::send(std::string_view bytes) {
    output += bytes;
    flush();  // a failure shows again, as an event, when the connection is read
}

bool Connection::flush() {
    while (sent_ < output.size()) {
        const ssize_t n = ::send(fd_, output.data() + sent_, output.size() - sent_, MSG_NOSIGNAL);
        if (n < 0)
            return is_passing(errno);
        sent_ += static_cast<std::size_t>(n);
    }
    output.clear();
    sent_ = 0;
    return true;
}

// Edge-triggered: reads until the socket is empty. A short read says so too, and saves a call.
bool Connection::receive() {
    std::array<char, 65536> chunk;
    for (;;) {
        const ssize_t n = ::recv(fd_, chunk.data(), chunk.size(), 0);
        if (n < 0)
            return is_passing(errno);
        if (n == 0) {
            peer_closed_ = true;
            return true;
        }
        input.append(chunk.data(), static_cast<std::size_t>(n));
        if (static_cast<std::size_t>(n) < chunk.size())
            return true;
    }
}

}  // namespace agenthub::load
