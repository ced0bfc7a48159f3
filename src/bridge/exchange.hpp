// One client request on its way: the neutral object where the fronts (HTTP, either era) and the upstreams meet.
// Owned by the front that made it; it outlives the call it is handed to.

#pragma once

#include <utility>

#include "base/async.hpp"
#include "base/error.hpp"
#include "bridge/call_time.hpp"
#include "mcp/caller.hpp"
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

    // Asks the client on the server's behalf (sampling, elicitation, roots) and awaits its answer. A front that cannot
    // ask answers errc::unsupported.
    virtual awaitable<result<mcp::Message>> ask(mcp::Message request) = 0;

    // Filled by the upstream, for the activity record: when the request left for the server; default: never.
    TimePoint sent_at{};

private:
    mcp::Message request_;
    const mcp::Caller& caller_;
    CallTime time_;
};

}  // namespace agenthub
