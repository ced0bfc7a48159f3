// Batches of the legacy era: many calls in one POST, answered by a stream.
// Owned by the gateway.

#include <algorithm>

#include "gateway/error_reply.hpp"
#include "gateway/legacy_endpoint.hpp"
#include "mcp/names.hpp"

namespace agenthub {

// A batch under way: its replies go out as events, each when it is ready (2025-03-26 transports).
// Shared by the request being served and the tasks of its calls.
struct LegacyEndpoint::Batch final : ReplyChannel {
    Batch(LegacyEndpoint& o, HttpRequest& r, std::shared_ptr<Session> s, std::shared_ptr<SessionStream> e)
        : owner(o), request(r), session(std::move(s)), stream(std::move(e)), all_done(o.tasks_.executor()) {}
    SessionStream& open() override { return *stream; }
    bool client_is_gone() const noexcept override { return !stream->is_carried(); }
    void one_done() {
        if (--remaining > 0)
            return;
        stream->finish();
        all_done.notify();
    }

    LegacyEndpoint& owner;
    HttpRequest& request;
    std::shared_ptr<Session> session;
    std::shared_ptr<SessionStream> stream;
    Event all_done;
    std::size_t remaining = 1;  // the request itself, until all calls are started
};

awaitable<void> LegacyEndpoint::post_batch(HttpRequest& request, HttpResponder& responder, std::string_view server) {
    HttpReply why;
    auto session = find_session(request, server, why);
    auto messages = mcp::parse_batch(request.body);
    if (session != nullptr && !mcp::traits(session->caller.revision).batches) {
        session = nullptr;
        why = rpc_error_reply(400, mcp::code::invalid_request,
                              "batches exist in revision 2025-03-26 only; send one message per request");
    } else if (!messages) {
        session = nullptr;
        const ErrorMapping mapping = mapping_of(messages.error().code);
        why = rpc_error_reply(mapping.http_status, mapping.rpc_code, messages.error().message);
    }
    if (session == nullptr) {
        co_await refuse(request, responder, server, std::move(why), "unusable batch");
        co_return;
    }
    const bool is_silent =
        std::all_of(messages->begin(), messages->end(), [](const auto& one) { return one && !one->is_call(); });
    if (is_silent) {
        for (const auto& message : *messages)
            take_notification(*session, *message);
        HttpReply accepted;
        accepted.status = 202;
        co_await responder.send(accepted);
        recorder_.plain({request, 202, 0, {}, server, session->caller.client_id, session->id, {}});
        co_return;
    }
    const auto stream = session->open_stream(streams_, WhenFull::break_off);
    const auto connection = stream->open();
    const auto batch = std::make_shared<Batch>(*this, request, session, stream);
    start_batch(batch, *messages);
    batch->one_done();
    co_await responder.stream_events(connection);
    if (connection->broken() && stream->is_carried_by(connection.get()))
        note_cut_off(*session);
    // A client that left does not end its calls; `request` must outlive them.
    while (batch->remaining > 0)
        co_await batch->all_done.wait();
}

// Starts every call, takes every notification, answers every broken element.
void LegacyEndpoint::start_batch(const std::shared_ptr<Batch>& batch, std::vector<result<mcp::Message>>& messages) {
    for (auto& message : messages) {
        if (!message) {
            batch->stream->push(rpc_error("", message.error()));
        } else if (message->is_call()) {
            ++batch->remaining;
            tasks_.spawn(serve_in_batch(batch, std::move(*message)), "batched call");
        } else {
            take_notification(*batch->session, *message);
        }
    }
}

awaitable<void> LegacyEndpoint::serve_in_batch(std::shared_ptr<Batch> batch, mcp::Message message) {
    Session& session = *batch->session;
    if (session.find_in_flight(message.id()) != nullptr) {
        const Error error(errc::invalid_request, "a request with this id is in flight already");
        batch->stream->push(rpc_error(message.id(), error));
        batch->one_done();
        co_return;
    }
    LegacyExchange exchange(std::move(message), batch->session, calls_.time_of_call(session.endpoint), *batch);
    calls_.note_wish(exchange, batch->request);
    auto reply = co_await answer(exchange, session);
    const CallRecorder::Call row{
        batch->request, 200, 0, exchange, exchange.route.server, servers_.slot(exchange.route.server)};
    if (recorder_.is_strict()) {
        auto kept = recorder_.keep(row, std::move(reply));
        reply = co_await std::move(kept);
    }
    const std::string_view id = exchange.request().id();
    std::string line;
    if (reply)
        reply->append_with_id(line, id);
    else if (reply.error().code != errc::cancelled)
        line = rpc_error(id, reply.error());
    if (!line.empty())
        batch->stream->push(line);
    if (!recorder_.is_strict())
        recorder_.call(
            {batch->request, 200, line.size(), exchange, exchange.route.server, servers_.slot(exchange.route.server)},
            reply);
    batch->one_done();
}

}  // namespace agenthub
