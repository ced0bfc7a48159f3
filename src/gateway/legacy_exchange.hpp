// A legacy client's request on its way, and the way back to that client: the POST's reply, which becomes an event
// stream when something precedes the answer.
// Owned by the request being served.

#pragma once

#include <memory>

#include "bridge/exchange.hpp"
#include "gateway/call_route.hpp"
#include "gateway/reply_channel.hpp"
#include "gateway/session.hpp"

namespace agenthub {

class LegacyExchange final : public Exchange {
public:
    // Registers itself with its session for the time it lives.
    LegacyExchange(mcp::Message request, std::shared_ptr<Session> session, CallTime time, ReplyChannel& channel);
    ~LegacyExchange() override;

    // Log messages below the session's level are dropped here: the server's level is the most verbose that any
    // session wants.
    void notify(mcp::Message message) override;
    // On the POST's own stream; the answer comes with another POST (transports, "Sending Messages to the Server").
    void ask(std::shared_ptr<Question> question) override;

    // Cancels the call on the client's behalf; `reason` is JSON text or empty.
    void cancel(std::string_view reason) { route.cancel(*this, reason); }

    // Nobody is there to hear the answer, as far as a look at the connection tells.
    bool client_is_gone() const noexcept { return channel_.client_is_gone(); }

    CallRoute route;

private:
    std::shared_ptr<Session> session_;  // the table is the other owner
    ReplyChannel& channel_;
};

// True when a session with this level wants to see the log message.
bool wants_log(const Session& session, const mcp::Message& message) noexcept;

}  // namespace agenthub
