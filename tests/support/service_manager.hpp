// A service manager (systemd) played by a test: sockets that it passes, and its end of the notify protocol.
// Owned by the test.

#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/unique_fd.hpp"
#include "tests/support/wait_until.hpp"

namespace agenthub::test {

// A bound socket at "/path" or "@abstract", above all descriptors that a child is given.
UniqueFd bound_unix(const std::string& address, int type);
// The same, listening on a free port of 127.0.0.1.
UniqueFd listening_tcp(int& port);

// What systemd has behind $NOTIFY_SOCKET.
class NotifyReceiver {
public:
    NotifyReceiver();
    const std::string& address() const { return address_; }

    // The next datagram; nullopt when none comes in time.
    std::optional<std::string> receive(std::chrono::milliseconds bound = kBound) const;
    // Reads on until a datagram has this line; false when none does.
    bool hears(const std::string& line) const;
    void forget_what_came() const;

private:
    std::string address_;
    UniqueFd socket_;
};

}  // namespace agenthub::test
