// The blocking HTTP client of the daemon, event streams included.
// Owned by one command; one request at a time.

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/daemon_url.hpp"

namespace httplib {
class Client;
}

namespace agenthub {

// The most bytes of one body, or of one event of a stream, that are read.
inline constexpr std::size_t kMaxAnswerBytes = 256 * 1024 * 1024;

struct DaemonRequest {
    std::string method = "GET";
    std::string path;  // below the prefix of the URL, already encoded
    std::string body;  // JSON, or empty
    std::vector<std::pair<std::string, std::string>> headers;
};

struct DaemonReply {
    int status = 0;
    std::string media_type;  // lower case, without parameters
    std::string session_id;  // Mcp-Session-Id, or empty
    std::string body;        // empty for an event stream that went to the receiver

    bool ok() const noexcept { return status >= 200 && status < 300; }
};

// Gets the data of one event; returns false when no more are wanted, which ends the request well.
using EventReceiver = std::function<bool(std::string_view data)>;

class DaemonClient {
public:
    explicit DaemonClient(DaemonUrl url, std::size_t max_answer_bytes = kMaxAnswerBytes);
    ~DaemonClient();
    DaemonClient(const DaemonClient&) = delete;
    DaemonClient& operator=(const DaemonClient&) = delete;

    const DaemonUrl& url() const noexcept { return url_; }

    // Sends one request on a connection of its own and reads the reply, whatever its status. With `on_event`, a 2xx
    // event stream goes there event by event. `limit` bounds the connecting and each single read; a bound of the
    // whole is a Watchdog's matter. errc::io_error: not reached (only then `reached()` is false) or broken off;
    // errc::timeout; errc::too_large.
    result<DaemonReply> send(const DaemonRequest& request, std::chrono::milliseconds limit,
                             const EventReceiver& on_event = {});

    // False when the last request found nobody to connect to.
    bool reached() const noexcept { return reached_; }

    // Breaks off the request that is under way, if any. From any thread.
    void stop();

private:
    DaemonUrl url_;
    std::size_t max_answer_bytes_;
    std::unique_ptr<httplib::Client> http_;
    bool reached_ = false;
};

}  // namespace agenthub
