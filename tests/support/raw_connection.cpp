// A blocking socket with bounds, and just enough HTTP/1.1 to know where a response ends.
// Owned by the test.

#include "tests/support/raw_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace agenthub::test {
namespace {

bool same_letters(std::string_view a, std::string_view b) {
    const auto equal = [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
}

// Takes one chunked body off `bytes` from `at`. Returns the position behind it, npos when it is not whole yet.
std::size_t take_chunks(std::string_view bytes, std::size_t at, std::string& body) {
    for (;;) {
        const std::size_t line_end = bytes.find("\r\n", at);
        if (line_end == std::string_view::npos)
            return line_end;
        const std::size_t size = std::stoul(std::string(bytes.substr(at, line_end - at)), nullptr, 16);
        at = line_end + 2;
        if (bytes.size() < at + size + 2)
            return std::string_view::npos;
        body += bytes.substr(at, size);
        at += size + 2;
        if (size == 0)
            return at;
    }
}

// The length of the response at the front of `bytes`; npos when it is not whole.
std::size_t take_response(std::string_view bytes, bool closed, RawResponse& out) {
    const std::size_t head_end = bytes.find("\r\n\r\n");
    if (head_end == std::string_view::npos || bytes.size() < 12)
        return std::string_view::npos;
    const std::size_t body_at = head_end + 4;
    out.head = bytes.substr(0, body_at);
    out.status = std::stoi(out.head.substr(9, 3));
    out.body.clear();
    if (out.status < 200 || out.status == 204 || out.status == 304)
        return body_at;
    if (same_letters(out.header("Transfer-Encoding"), "chunked"))
        return take_chunks(bytes, body_at, out.body);
    const std::string length = out.header("Content-Length");
    if (length.empty() && !closed)
        return std::string_view::npos;
    const std::size_t size = length.empty() ? bytes.size() - body_at : std::stoul(length);
    if (bytes.size() < body_at + size)
        return std::string_view::npos;
    out.body = bytes.substr(body_at, size);
    return body_at + size;
}

}  // namespace

std::string RawResponse::header(std::string_view name) const {
    std::size_t at = head.find("\r\n");
    while (at != std::string::npos && at + 2 < head.size()) {
        const std::size_t start = at + 2;
        at = head.find("\r\n", start);
        const std::string_view line = std::string_view(head).substr(start, at - start);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || !same_letters(line.substr(0, colon), name))
            continue;
        const std::size_t value = line.find_first_not_of(" \t", colon + 1);
        return value == std::string_view::npos ? std::string() : std::string(line.substr(value));
    }
    return {};
}

RawConnection::RawConnection(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int error = errno;
        ::close(fd_);
        throw std::system_error(error, std::generic_category(), "connect to port " + std::to_string(port));
    }
}

RawConnection::~RawConnection() {
    ::close(fd_);
}

bool RawConnection::send(std::string_view bytes) {
    while (!bytes.empty()) {
        pollfd ready{fd_, POLLOUT, 0};
        if (::poll(&ready, 1, static_cast<int>(kBound.count())) <= 0)
            return false;
        const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        if (n > 0)
            bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

void RawConnection::finish_sending() {
    ::shutdown(fd_, SHUT_WR);
}

std::string RawConnection::read_some(std::chrono::milliseconds bound) {
    if (!buffer_.empty())
        return std::exchange(buffer_, std::string());
    pollfd ready{fd_, POLLIN, 0};
    if (closed_ || ::poll(&ready, 1, static_cast<int>(bound.count())) <= 0)
        return {};
    std::string chunk(65536, '\0');
    const ssize_t n = ::recv(fd_, chunk.data(), chunk.size(), 0);
    closed_ = n <= 0;
    chunk.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return chunk;
}

std::optional<RawResponse> RawConnection::read_response(std::chrono::milliseconds bound) {
    const auto end = std::chrono::steady_clock::now() + bound;
    std::string received = std::exchange(buffer_, std::string());
    for (;;) {
        RawResponse response;
        const std::size_t size = take_response(received, closed_, response);
        if (size != std::string::npos) {
            buffer_ = received.substr(size);
            return response;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (closed_ || left.count() <= 0) {
            buffer_ = std::move(received);
            return std::nullopt;
        }
        received += read_some(left);
    }
}

bool RawConnection::wait_closed(std::chrono::milliseconds bound) {
    const auto end = std::chrono::steady_clock::now() + bound;
    while (!closed_) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            return false;
        read_some(left);
    }
    return true;
}

std::optional<RawResponse> raw_exchange(int port, std::string_view bytes, std::chrono::milliseconds bound) {
    RawConnection connection(port);
    connection.send(bytes);
    return connection.read_response(bound);
}

}  // namespace agenthub::test
