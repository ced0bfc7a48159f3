// Takes a server-sent event stream apart, however its bytes are cut (HTML standard, "Server-sent events", 9.2.6).
// Pure; owned by the request whose body it reads.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace agenthub {

class SseReader {
public:
    // `limit`: the most bytes one event may have.
    explicit SseReader(std::size_t limit) : limit_(limit) {}

    // Gets the data of one event; returns false when no more are wanted.
    using OnEvent = std::function<bool(std::string_view data)>;

    // Reads on, and calls `on_event` for every event of type "message" that is complete and not empty; an empty one
    // only carries an id (MCP 2025-11-25, Streamable HTTP). False: on_event wants no more. errc::too_large: an event
    // is longer than the limit. After either the reader is not to be used again.
    result<bool> feed(std::string_view bytes, const OnEvent& on_event);

    // The id of the last complete event that had one, empty events included: what a client that reconnects names as
    // Last-Event-ID. Empty without ids.
    const std::string& last_id() const noexcept { return last_id_; }
    // After how many milliseconds it should; nullopt when the stream does not say.
    std::optional<std::uint64_t> retry() const noexcept { return retry_; }

private:
    result<bool> end_of_line(const OnEvent& on_event);
    void field(std::string_view name, std::string_view value);
    void take_retry(std::string_view value);

    std::size_t limit_;
    std::string line_;  // what has come of the present line
    std::string data_;  // each data line with a line feed
    std::string type_;
    std::string id_;  // of the event that is being read
    std::string last_id_;
    std::optional<std::uint64_t> retry_;
    bool first_line_ = true;
    bool after_cr_ = false;  // a line feed that comes now belongs to the line end before
};

}  // namespace agenthub
