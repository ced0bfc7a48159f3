// One TCP connection for bytes that no HTTP client would send.
// Owned by the test; closed when it is forgotten, which makes a client that vanishes.

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/wait_until.hpp"

namespace agenthub::test {

struct RawResponse {
    int status = 0;
    std::string head;  // status line and fields, with the blank line
    std::string body;  // decoded when it was chunked
    // Empty when absent.
    std::string header(std::string_view name) const;
};

class RawConnection {
public:
    // Throws std::system_error when nobody listens.
    explicit RawConnection(int port);
    ~RawConnection();
    RawConnection(const RawConnection&) = delete;
    RawConnection& operator=(const RawConnection&) = delete;

    // False when the peer has closed; an answer may still be there to read. Waits at most kBound for room.
    bool send(std::string_view bytes);
    void finish_sending();  // half-close
    // The next bytes; empty at the end (see is_closed) or when `bound` has passed.
    std::string read_some(std::chrono::milliseconds bound = kBound);
    // The next response, by Content-Length, chunks or close; nullopt when it does not come whole within `bound`.
    // A 1xx or 204 or 304 has no body.
    std::optional<RawResponse> read_response(std::chrono::milliseconds bound = kBound);
    // True when the peer closes within `bound`, whatever it sends before.
    bool wait_closed(std::chrono::milliseconds bound = kBound);
    bool is_closed() const noexcept { return closed_; }

private:
    int fd_ = -1;
    bool closed_ = false;
    std::string buffer_;
};

// Sends the bytes on a new connection and returns the first response.
std::optional<RawResponse> raw_exchange(int port, std::string_view bytes, std::chrono::milliseconds bound = kBound);

}  // namespace agenthub::test
