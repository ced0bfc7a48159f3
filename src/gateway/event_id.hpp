// The ids of server-sent events: made and read here alone. An id is a cursor in one stream of one session, and tells
// that AgentHub has made it: "<stream>-<position>-<tag>" in hex.
// Pure; one for all sessions.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/keyed_hash.hpp"

namespace agenthub {

// After the first `position` events of the session's stream with the number `stream`.
struct EventCursor {
    std::uint32_t stream = 0;
    std::uint64_t position = 0;
    bool operator==(const EventCursor&) const = default;
};

class EventIds {
public:
    // Whoever has the key can make ids: it is random, and of this run of the daemon.
    explicit EventIds(const HashKey& key) noexcept : key_(key) {}

    std::string make(std::string_view session, EventCursor at) const;
    // Nothing for an id that was not made for this session, or not by this run.
    std::optional<EventCursor> read(std::string_view session, std::string_view id) const;

private:
    HashKey key_;
};

}  // namespace agenthub
