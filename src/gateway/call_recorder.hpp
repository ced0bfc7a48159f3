// Turns served requests into activity rows and server statistics.
// Owned by the gateway; borrows the activity log.

#pragma once

#include <optional>
#include <string_view>

#include "activity/log.hpp"
#include "bridge/exchange.hpp"
#include "gateway/http_request.hpp"
#include "gateway/http_responder.hpp"
#include "gateway/session.hpp"
#include "supervisor/server_slot.hpp"

namespace agenthub {

class CallRecorder {
public:
    explicit CallRecorder(ActivityLog& log) : log_(log) {}

    // One MCP call that was answered with `reply`. `bytes` are the reply's; `slot` is null for the hub.
    struct Call {
        const HttpRequest& request;
        unsigned http_status;
        std::uint64_t bytes_out;
        const Exchange& exchange;
        std::string_view server;
        ServerSlot* slot;
    };
    void call(const Call& call, const result<mcp::Message>& reply);
    // The same before the reply goes out, for one that no responder can hold back: it is an event of a stream. Returns
    // the reply when its row is committed, else errc::record_lost. `bytes_out` is found out here. What `call` borrows
    // outlives this.
    awaitable<result<mcp::Message>> keep(Call call, result<mcp::Message> reply);

    // Whether a reply leaves only after its row is committed (activity.mode).
    bool is_strict() const noexcept { return log_.gate() != nullptr; }
    // Why no call may be made now: errc::unrecorded, in strict mode while rows cannot be written.
    std::optional<Error> refusal() const;
    // When all rows of the request are committed; at once in relaxed mode. Errors: errc::record_lost.
    awaitable<result<void>> committed(const HttpRequest& request) const;
    // Sends what the responder has held back, when the rows of the request are committed; else errc::record_lost, to
    // whatever call the held reply belongs to.
    awaitable<void> release(const HttpRequest& request, HttpResponder& responder);

    // An HTTP request that carried no call, or one that never became an exchange. `mcp_method` and `server` may be
    // empty; `why` is the failure, empty when there was none.
    struct Plain {
        const HttpRequest& request;
        unsigned http_status;
        std::uint64_t bytes_out;
        std::string_view mcp_method;
        std::string_view server;
        std::string_view client_id;
        std::string_view session;
        std::string_view why;
        std::optional<Outcome> outcome = std::nullopt;  // where the status does not say it
    };
    void plain(const Plain& plain);

private:
    std::int64_t note(const Call& call, const result<mcp::Message>& reply);
    std::int64_t write(const HttpRequest& request, ActivityRecord& record, bool is_awaited);

    ActivityLog& log_;
};

// X-Client-ID, else X-Client-Name, else "anonymous" (a session's clientInfo comes before that).
std::string_view client_id_of(const HttpRequest& request);

}  // namespace agenthub
