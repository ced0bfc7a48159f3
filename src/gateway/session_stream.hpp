// One stream of a session: the one that its GET has opened, or the one of a POST. It is apart from the connection that
// carries it: a client whose revision can resume comes back on another connection and hears what it has missed.
// Shared by its session, which keeps it for such a client, and by whoever has something to say on it.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/uuid.hpp"
#include "config/config.hpp"
#include "gateway/event_id.hpp"
#include "gateway/event_stream.hpp"
#include "gateway/replay_log.hpp"

namespace agenthub {

// What all streams of the legacy era have in common. Owned by the endpoint.
struct StreamSettings {
    StreamSettings(Executor e, const Limits& l) : executor(e), limits(l), ids(random_hash_key()) {}

    Executor executor;
    const Limits& limits;
    EventIds ids;
};

// What makes a stream one that can be resumed.
struct StreamMemory {
    StreamMemory(const EventIds& i, std::string s, std::uint32_t n, bool p, std::size_t limit)
        : ids(i), session(std::move(s)), number(n), primes(p), log(limit) {}

    const EventIds& ids;
    std::string session;   // its id
    std::uint32_t number;  // in that session, from 1
    bool primes;           // each connection begins with a priming event (2025-11-25 and later)
    ReplayLog log;
};

class SessionStream final : public MessageSink {
public:
    // How long a client should wait before it resumes: `retry` of the priming event.
    static constexpr Duration kRetry{1'000};

    // Without memory it ends with its connection. `when_full`: what a slow reader costs.
    SessionStream(const StreamSettings& settings, WhenFull when_full, std::unique_ptr<StreamMemory> memory)
        : settings_(settings), when_full_(when_full), memory_(std::move(memory)) {}

    // A message on the stream. To a connection with no room it is dropped before it is numbered, or the connection is
    // broken off; while there is no connection it is kept within limits.replay_bytes.
    void push(std::string_view message) override;
    // A reply on a stream that goes on after it. It is never dropped: the connection is broken off instead.
    void reply(const mcp::Message& reply, std::string_view id);
    // The reply that ends the stream, with `id` (JSON text) in place of its own. It is never dropped. While there is no
    // connection it is kept however long it is, since nobody else has it; so it is when the client `seems_gone`, of
    // which a client that only sends no more cannot be told apart.
    void finish_with(const mcp::Message& reply, std::string_view id, bool seems_gone = false);
    // No more will be said; what was said can still be fetched.
    void finish();

    // The connection of a new stream. One at a time.
    std::shared_ptr<EventStream> open();
    // Another connection, for a client that has heard the first `position` events; the present one is broken off.
    // Null when not all that followed is kept.
    std::shared_ptr<EventStream> resume(std::uint64_t position);
    // Ends the connection, not the stream: its client is to come back.
    void drop_connection();

    bool is_resumable() const noexcept { return memory_ != nullptr; }
    // Its number in the session; 0 when it cannot be resumed.
    std::uint32_t number() const noexcept { return memory_ == nullptr ? 0 : memory_->number; }
    // Nothing follows the first `position` events, now or ever.
    bool is_over_at(std::uint64_t position) const noexcept;
    bool finished() const noexcept { return finished_; }
    // Some connection carries it now / this one does or was the last.
    bool is_carried() const noexcept { return connection_ != nullptr && !connection_->ended(); }
    bool is_carried_by(const EventStream* connection) const noexcept { return connection_.get() == connection; }
    // What is said on it is heard, now or when the client comes back.
    bool is_heard() const noexcept { return !finished_ && (is_carried() || is_resumable()); }
    // It has ended before `moment`, and its connection has taken everything.
    bool was_delivered_before(TimePoint moment) const noexcept;

private:
    std::string next_id() const;
    std::shared_ptr<EventStream> connect();
    void prime(std::uint64_t position);

    const StreamSettings& settings_;
    WhenFull when_full_;
    bool finished_ = false;
    bool in_doubt_ = false;  // whether its client has heard the end
    TimePoint finished_at_{};
    std::unique_ptr<StreamMemory> memory_;
    std::shared_ptr<EventStream> connection_;  // its writer is the other owner
};

}  // namespace agenthub
