// The reply to a POST that turns into an event stream when something precedes the answer, or when AgentHub lets the
// client come back for the answer.
// Owned by the request being served.

#pragma once

#include <memory>
#include <optional>

#include "gateway/drop_clock.hpp"
#include "gateway/http_responder.hpp"
#include "gateway/legacy_exchange.hpp"

namespace agenthub {

// A flood of notifications must not cost the client its answer: what does not fit is dropped.
class PostChannel final : public ReplyChannel {
public:
    PostChannel(HttpResponder& responder, Session& session, const StreamSettings& settings)
        : responder_(responder), session_(session), settings_(settings) {}

    SessionStream& open() override;
    bool client_is_gone() const noexcept override { return !is_carried_elsewhere() && responder_.client_is_gone(); }

    // Null while nothing has preceded the answer.
    SessionStream* stream() const noexcept { return stream_.get(); }
    // The client has come back for the answer on another connection.
    bool is_carried_elsewhere() const noexcept;

    // From now on the connection is dropped after limits.poll_after, if the client can come back for the rest.
    void drop_in_time();
    // The answer is there and will be sent on whatever there is.
    void answered() noexcept { clock_.reset(); }

private:
    void drop();

    HttpResponder& responder_;
    Session& session_;
    const StreamSettings& settings_;
    std::shared_ptr<SessionStream> stream_;  // the session keeps it too, for a client that comes back
    const EventStream* own_ = nullptr;       // the connection of the POST; only compared
    std::optional<DropClock> clock_;
};

}  // namespace agenthub
