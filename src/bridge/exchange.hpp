// One client request on its way: the neutral object where the fronts (HTTP, either era) and the upstreams meet.
// Owned by the front that made it; it outlives the call it is handed to.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/async.hpp"
#include "base/error.hpp"
#include "base/uuid.hpp"
#include "bridge/call_time.hpp"
#include "bridge/question.hpp"
#include "bridge/rewording.hpp"
#include "mcp/caller.hpp"
#include "mcp/log_level.hpp"
#include "mcp/message.hpp"

namespace agenthub {

class Exchange {
public:
    // `caller` outlives the exchange. The request is of kind request.
    Exchange(mcp::Message request, const mcp::Caller& caller, CallTime time) noexcept
        : request_(std::move(request)), caller_(caller), time_(time) {}
    virtual ~Exchange() = default;
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    const mcp::Message& request() const noexcept { return request_; }
    const mcp::Caller& caller() const noexcept { return caller_; }
    // Moves on with every progress of the call.
    Deadline deadline() const noexcept { return time_.deadline(); }
    CallTime& time() noexcept { return time_; }

    // Sends a message of the server towards the client, in order and before the reply: progress and log messages, in
    // the client's own terms already. Never waits; a client that reads too slowly loses its stream.
    virtual void notify(mcp::Message message) = 0;

    // Asks the client on the server's behalf (sampling, elicitation, roots). Answers or refuses the question sooner or
    // later, at once where the client has not declared that it can answer.
    virtual void ask(std::shared_ptr<Question> question) = 0;

    // Filled by the front: where the request names something that its server calls otherwise, and how, JSON text; an
    // empty span: nowhere. And the most verbose log level that the client wants to hear of.
    mcp::Span renamed;
    std::string own_name;
    std::optional<mcp::LogLevel> log_level;
    // Null for nearly all calls: nobody wants its prompt to be enhanced.
    std::unique_ptr<Rewording> rewording;

    // Filled by CallForwarder::note_wish(): the X-Request-ID of the HTTP request that brought it; zeros: none did.
    Uuid request_id;
    // How many calls that AgentHub makes itself (batches, pipelines) this one stands in; 0: a client's own.
    unsigned depth = 0;

    // Filled by the upstream, for the activity record: when the request left for the server; default: never.
    TimePoint sent_at{};

protected:
    // Before it is sent: what the client wrote for AgentHub alone is left out. The same id.
    void replace_request(mcp::Message request) { request_ = std::move(request); }

private:
    mcp::Message request_;
    const mcp::Caller& caller_;
    CallTime time_;
};

}  // namespace agenthub
