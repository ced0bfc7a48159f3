// Sockets and datagrams of a played service manager.
// Owned by the test.

#include "tests/support/service_manager.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace agenthub::test {
namespace {

std::string unique_name() {
    static int count = 0;
    return "@agenthub_test_notify_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
}

// Far from 3, 4, …, which the passed ones become.
UniqueFd high_socket(int family, int type) {
    const UniqueFd made(::socket(family, type | SOCK_CLOEXEC, 0));
    return UniqueFd(::fcntl(made.get(), F_DUPFD_CLOEXEC, 100));
}

}  // namespace

UniqueFd bound_unix(const std::string& address, int type) {
    UniqueFd fd = high_socket(AF_UNIX, type);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::copy(address.begin(), address.end(), at.sun_path);
    if (address[0] == '@')
        at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), size), 0) << address;
    return fd;
}

UniqueFd listening_tcp(int& port) {
    UniqueFd fd = high_socket(AF_INET, SOCK_STREAM);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), size), 0);
    EXPECT_EQ(::listen(fd.get(), 16), 0);
    EXPECT_EQ(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&at), &size), 0);
    port = ntohs(at.sin_port);
    return fd;
}

NotifyReceiver::NotifyReceiver() : address_(unique_name()), socket_(bound_unix(address_, SOCK_DGRAM)) {}

std::optional<std::string> NotifyReceiver::receive(std::chrono::milliseconds bound) const {
    pollfd ready{socket_.get(), POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(bound.count())) <= 0)
        return std::nullopt;
    std::array<char, 4096> buffer{};
    const auto size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    return std::string(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
}

bool NotifyReceiver::hears(const std::string& line) const {
    const auto end = std::chrono::steady_clock::now() + kBound;
    while (std::chrono::steady_clock::now() < end) {
        const auto datagram = receive();
        if (!datagram)
            return false;
        if (("\n" + *datagram + "\n").find("\n" + line + "\n") != std::string::npos)
            return true;
    }
    return false;
}

void NotifyReceiver::forget_what_came() const {
    while (receive(std::chrono::milliseconds(0))) {
    }
}

}  // namespace agenthub::test
