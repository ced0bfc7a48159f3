// A legacy client's request on its way, and the way back to that client: the POST's reply, which becomes an event
// stream when something precedes the answer.
// Owned by the request being served.

#pragma once

#include <memory>

#include "bridge/exchange.hpp"
#include "bridge/upstream.hpp"
#include "gateway/message_sink.hpp"
#include "gateway/session.hpp"
#include "supervisor/call_gate.hpp"

namespace agenthub {

// The event stream of one POST, opened by the first message that precedes a reply. Implemented over an HTTP response.
class ReplyChannel {
public:
    virtual ~ReplyChannel() = default;
    // The stream, opened now if it is not open yet.
    virtual MessageSink& open() = 0;
};

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

    const std::string& server() const noexcept { return session_->server; }

    // Waits before the server's gate, as CallGate::enter().
    awaitable<result<void>> enter(CallGate& gate, CallPass& pass);
    // Cancels the call on the client's behalf; `reason` is JSON text or empty.
    void cancel(std::string_view reason);
    // Cancelled before it reached a server.
    bool is_cancelled() const noexcept { return cancelled_; }

    // Where the call went; also keeps that instance alive while the call runs.
    std::shared_ptr<Upstream> upstream;

private:
    std::shared_ptr<Session> session_;  // the table is the other owner
    ReplyChannel& channel_;
    CallGate* waits_at_ = nullptr;
    bool cancelled_ = false;
};

// True when a session with this level wants to see the log message.
bool wants_log(const Session& session, const mcp::Message& message) noexcept;

}  // namespace agenthub
