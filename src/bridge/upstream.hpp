// Where a call goes: one live server, whatever is behind it. The supervisor hands upstreams out; nobody else makes
// them. Owned by its instance.

#pragma once

#include <memory>
#include <string_view>

#include "base/async.hpp"
#include "base/error.hpp"
#include "bridge/exchange.hpp"
#include "bridge/server_info.hpp"
#include "mcp/message.hpp"

namespace agenthub {

class Upstream {
public:
    virtual ~Upstream() = default;

    // Sends the exchange's request and awaits the reply, which still carries the id that the server saw: the front
    // splices the client's own id in. Errors: errc::busy (not sent), errc::server_exited, errc::call_timeout,
    // errc::cancelled, errc::write_failed, errc::too_large.
    virtual awaitable<result<mcp::Message>> call(Exchange& exchange) = 0;

    // Cancels a call in flight: the server is told, its late answer is dropped, call() returns errc::cancelled.
    // `reason` is JSON text of the client's reason, or empty. Unknown exchanges are ignored.
    virtual void cancel(Exchange& exchange, std::string_view reason) = 0;

    // Passes a client's notification on.
    virtual void notify(const mcp::Message& notification) = 0;

    // AgentHub's own request (ping, logging/setLevel, resources/subscribe); params is JSON text or empty.
    virtual awaitable<result<mcp::Message>> request(std::string_view method, std::string_view params,
                                                    Deadline deadline) = 0;

    virtual const ServerInfo& info() const noexcept = 0;
};

// What a server sends unasked. Implemented by whoever knows the clients.
class ServerEvents {
public:
    virtual ~ServerEvents() = default;

    // A notification that belongs to no call: list_changed, resources/updated, log messages.
    virtual void on_notification(mcp::Message message) = 0;

    // The server asks its client something, whoever that is.
    virtual void on_asked() = 0;

    // A question while no call is in flight. False: there is nobody to ask.
    virtual bool on_question(std::shared_ptr<Question> question) = 0;
};

}  // namespace agenthub
