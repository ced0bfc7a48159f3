// What waits to be written to a server's stdin: everything queued leaves in one write.
// Owned by one bridge. Pure.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace agenthub {

class WriteQueue {
public:
    // `limit`: bytes that may wait; a server that does not read its stdin must not eat the memory.
    explicit WriteQueue(std::size_t limit) : limit_(limit) {}

    // True when `bytes` more fit. An empty queue takes one message of any size.
    bool has_room(std::size_t bytes) const noexcept { return open_.empty() || open_.size() + bytes <= limit_; }

    // Appends here; end every message with a line feed.
    std::string& open() noexcept { return open_; }
    bool empty() const noexcept { return open_.empty(); }
    std::size_t waiting_bytes() const noexcept { return open_.size(); }

    // Everything queued, to be written at once; valid until the next call.
    std::string_view take();

private:
    std::size_t limit_;
    std::string open_;
    std::string writing_;
};

}  // namespace agenthub
