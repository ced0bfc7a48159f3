// Takes a server-sent event stream apart, however its bytes are cut (HTML standard, "Server-sent events", 9.2.6).
// Pure; owned by the request whose body it reads.

#pragma once

#include <cstddef>
#include <functional>
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

private:
    result<bool> end_of_line(const OnEvent& on_event);
    void field(std::string_view name, std::string_view value);

    std::size_t limit_;
    std::string line_;  // what has come of the present line
    std::string data_;  // each data line with a line feed
    std::string type_;
    bool first_line_ = true;
    bool after_cr_ = false;  // a line feed that comes now belongs to the line end before
};

}  // namespace agenthub
