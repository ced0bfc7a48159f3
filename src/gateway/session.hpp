// One client's legacy session with one server: what it said of itself, what it has in flight, where it listens.
// Shared by the session table and by the requests being served: a session may end while one of its calls runs.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"
#include "gateway/client_questions.hpp"
#include "gateway/session_streams.hpp"
#include "gateway/subscriber.hpp"

namespace agenthub {

class LegacyExchange;

struct Session final : Subscriber {
    std::string id;
    TimePoint last_used{};
    TimePoint ends_at = TimePoint::max();     // unless the client, which was cut off, comes back
    bool opening = false;                     // its initialize is not answered yet
    bool ended = false;                       // in no table any more; calls may still hold it
    bool over_sse = false;                    // HTTP+SSE of 2024-11-05: it lives as long as its one stream
    bool draining = false;                    // its stream ends with the last call in flight
    bool uninitialized = false;               // over HTTP+SSE a session is there before its initialize
    std::uint32_t streams_opened = 0;         // those that can be resumed: the last one's number
    std::vector<LegacyExchange*> in_flight;   // owned by the requests being served
    ClientQuestions questions;                // of servers, not answered yet
    std::unique_ptr<SessionStreams> streams;  // null until one is opened, and when none is kept

    // A session that has never set a level wants what a person would: info and above.
    mcp::LogLevel wanted_level() const noexcept { return level.value_or(mcp::LogLevel::info); }

    // On the general stream: log messages of its level, resources that it has subscribed to, and all else.
    void hear(std::string_view server, const mcp::Message& notification) override;

    // The exchange in flight whose client-side id is `id` (JSON text); null when there is none.
    LegacyExchange* find_in_flight(std::string_view id) const noexcept;

    // Puts a message on the general stream, that of the GET. False when the session has no way to hear it: it has none,
    // and did not leave one that it could come back to.
    bool send(std::string_view message);
    bool is_listening() const noexcept;
    // Some connection carries a stream of it.
    bool is_connected() const noexcept;

    // A new stream, of a POST or the general one, which replaces the former. It can be resumed when the session's
    // revision knows that, and a place is free among limits.streams_per_session; streams that have ended make room.
    std::shared_ptr<SessionStream> open_stream(const StreamSettings& settings, WhenFull when_full);
    std::shared_ptr<SessionStream> open_general(const StreamSettings& settings);
    // The stream that can be resumed with this number; null when it is not kept.
    std::shared_ptr<SessionStream> find_stream(std::uint32_t number) const;
    // Nothing more will be said to the session unasked.
    void finish_general();
    // The same at the shutdown, after what is still to be answered on that stream.
    void drain();
    // Gives up what has ended, and was taken by its connection, before `moment`.
    void forget_streams(TimePoint moment);
};

}  // namespace agenthub
