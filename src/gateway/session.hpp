// One client's legacy session with one server: what it said of itself, what it has in flight, where it listens.
// Shared by the session table and by the requests being served: a session may end while one of its calls runs.

#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"
#include "gateway/client_questions.hpp"
#include "gateway/event_stream.hpp"
#include "mcp/caller.hpp"
#include "mcp/log_level.hpp"

namespace agenthub {

class LegacyExchange;

struct Session {
    std::string id;
    std::string server;  // the endpoint it belongs to
    mcp::Caller caller;
    std::optional<mcp::LogLevel> level;  // as set by logging/setLevel
    TimePoint last_used{};
    TimePoint ends_at = TimePoint::max();              // unless the client, which was cut off, comes back
    bool opening = false;                              // its initialize is not answered yet
    bool ended = false;                                // in no table any more; calls may still hold it
    std::set<std::string, std::less<>> subscriptions;  // uris, JSON text
    std::vector<LegacyExchange*> in_flight;            // owned by the requests being served
    std::shared_ptr<EventStream> stream;               // of the open GET; null when there is none
    ClientQuestions questions;                         // of servers, not answered yet

    // A session that has never set a level wants what a person would: info and above.
    mcp::LogLevel wanted_level() const noexcept { return level.value_or(mcp::LogLevel::info); }

    // The exchange in flight whose client-side id is `id` (JSON text); null when there is none.
    LegacyExchange* find_in_flight(std::string_view id) const noexcept;
};

}  // namespace agenthub
