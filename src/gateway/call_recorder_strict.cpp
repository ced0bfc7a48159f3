// Replies that leave only after their rows are committed (activity.mode "strict").
// Part of CallRecorder.

#include <string>
#include <utility>

#include "gateway/call_recorder.hpp"
#include "gateway/error_reply.hpp"

namespace agenthub {
namespace {

// How soon a refused client may try again: as soon as the writer does.
constexpr std::chrono::milliseconds kRetry{1000};

Error no_room() {
    return Error(errc::record_lost,
                 "the call was made, but its record found no room (activity.queue), so its answer is held back "
                 "(activity.mode is strict). Do not repeat it blindly");
}

// Of a JSON-RPC reply, which the client must get its error under; empty when there is none.
std::string id_of(std::string_view body) {
    const auto message = mcp::Message::parse(std::string(body));
    return message ? std::string(message->id()) : std::string();
}

}  // namespace

std::optional<Error> CallRecorder::refusal() const {
    if (!is_strict() || log_.gate()->failure().empty())
        return std::nullopt;
    return Error(
        errc::unrecorded,
        "calls cannot be recorded at the moment, so none is made (activity.mode is strict): " + log_.gate()->failure(),
        kRetry);
}

awaitable<result<mcp::Message>> CallRecorder::keep(Call call, result<mcp::Message> reply) {
    call.bytes_out = reply ? reply->text().size() : 0;
    const std::int64_t row = note(call, reply);
    if (!reply && reply.error().code == errc::unrecorded)
        co_return std::move(reply);
    if (row == 0)
        co_return no_room();
    const auto kept = co_await log_.gate()->committed(row);
    if (!kept)
        co_return kept.error();
    co_return std::move(reply);
}

awaitable<result<void>> CallRecorder::committed(const HttpRequest& request) const {
    const RecordTicket ticket = request.ticket;
    if (!is_strict() || (ticket.row == 0 && !ticket.lost))
        co_return result<void>();
    if (ticket.lost)
        co_return no_room();
    co_return co_await log_.gate()->committed(ticket.row);
}

awaitable<void> CallRecorder::release(const HttpRequest& request, HttpResponder& responder) {
    if (!responder.is_held())
        co_return;
    const auto kept = co_await committed(request);
    if (kept) {
        co_await responder.release();
        co_return;
    }
    const std::string id = id_of(responder.held_body());
    const auto failure = failed_call_reply(id, kept.error());
    co_await responder.send_instead(failure);
}

}  // namespace agenthub
