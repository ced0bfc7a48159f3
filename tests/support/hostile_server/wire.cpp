// Blocking line input and raw output on two descriptors.
// Owned by main.

#include "tests/support/hostile_server/wire.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace agenthub::test {

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

Wire::Input Wire::wait(int timeout_ms) {
    pollfd ready{in_, POLLIN, 0};
    if (::poll(&ready, 1, timeout_ms) <= 0)
        return Input::nothing;
    std::array<char, 65536> chunk;
    const ssize_t n = ::read(in_, chunk.data(), chunk.size());
    if (n < 0)
        return errno == EINTR ? Input::nothing : Input::closed;
    if (n == 0)
        return Input::closed;
    buffer_.append(chunk.data(), static_cast<std::size_t>(n));
    return Input::data;
}

std::optional<std::string> Wire::next_line() {
    const std::size_t newline = buffer_.find('\n', scanned_);
    if (newline == std::string::npos) {
        scanned_ = buffer_.size();
        return std::nullopt;
    }
    std::string line = buffer_.substr(0, newline);
    buffer_.erase(0, newline + 1);
    scanned_ = 0;
    return line;
}

void Wire::send_line(std::string_view json) {
    std::string line(json);
    line += '\n';
    send_bytes(line);
}

void Wire::send_bytes(std::string_view bytes) {
    if (!write_all(out_, bytes))
        ::_exit(0);
}

}  // namespace agenthub::test
