// One request of the client on its way to the daemon.
// Owned by the coroutine that carries it; the bridge knows it by its id while it runs.

#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/event.hpp"
#include "mcp/message.hpp"

namespace agenthub {

// As often a call that may be repeated is, when its answers get lost.
inline constexpr int kMaxRepeats = 5;

struct ClientCall {
    ClientCall(Executor executor, mcp::Message message, std::uint64_t after_notices)
        : request(std::move(message)), id(request.id()), ticket(after_notices), stop(executor) {}

    mcp::Message request;
    std::string id;        // JSON text
    std::uint64_t ticket;  // how many notices of the client go before it
    bool sent = false;     // the daemon may have seen it
    bool cancelled = false;
    std::optional<bool> repeatable;  // known once it is sent
    int repeats = 0;                 // how often it was sent again after it may have been seen
    Event stop;                      // of the modern era: notified when the client cancels
};

}  // namespace agenthub
