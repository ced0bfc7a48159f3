// The server-sent events on their way to one HTTP response: a bounded queue between whoever has something to say and
// the connection that writes it.
// Shared by the exchange or session that pushes and the connection that writes: either may end first.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/event.hpp"
#include "gateway/message_sink.hpp"
#include "mcp/message.hpp"

namespace agenthub {

// What happens to an event that a slow reader has left no room for: it is lost, or the stream is, so that the client
// notices and asks anew.
enum class WhenFull { drop, break_off };

class EventStream final : public MessageSink {
public:
    // `limit`: bytes that may wait for a slow reader; beyond, the stream is broken off.
    EventStream(Executor executor, std::size_t limit, WhenFull when_full = WhenFull::break_off)
        : wake_(executor), limit_(limit), when_full_(when_full) {}

    // Queues one JSON-RPC message as an event (HTML standard, "Server-sent events"; MCP transports). A message is one
    // line, so one data field holds it. Ignored once the stream has ended.
    void push(std::string_view message) override;

    // Queues events that are written out already, however many there are.
    void push_events(std::string_view events);
    // The same within the limit: what has no room is handled as push() does. False then.
    bool offer_events(std::string_view events);

    // Queues the reply that ends the stream, with `id` (JSON text) in place of its own. However long it is: its size
    // is bounded by the server's line limit, and losing it because of a slow reader would lose the call.
    void finish_with(const mcp::Message& reply, std::string_view id);
    // The same for a message that is put together already.
    void finish_with(std::string_view message);

    // No more events will come; what is queued is still written.
    void finish();
    // The reader is gone or too slow: nothing more is queued or written.
    void break_off();

    bool ended() const noexcept { return finished_ || broken_; }
    // All of a finished stream has been written.
    void set_written() noexcept { written_ = true; }
    bool written() const noexcept { return written_; }
    bool finished() const noexcept { return finished_; }
    bool broken() const noexcept { return broken_; }
    bool overflowed() const noexcept { return overflowed_; }

    // The bytes to write next. Waits for some; false when the stream is finished and empty, or broken. Returns true
    // with an empty `out` when nothing came within `heartbeat`: time for a comment line.
    awaitable<bool> next(std::string& out, Duration heartbeat);

private:
    bool has_room(std::size_t bytes);

    Event wake_;
    std::string queued_;
    std::size_t limit_;
    WhenFull when_full_;
    bool finished_ = false;
    bool broken_ = false;
    bool written_ = false;
    bool overflowed_ = false;
};

}  // namespace agenthub
