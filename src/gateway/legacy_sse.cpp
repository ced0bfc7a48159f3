// HTTP+SSE, the transport of 2024-11-05: one GET stream that everything goes down on, and POSTs that say nothing back.
// Owned by the gateway.

#include "gateway/error_reply.hpp"
#include "gateway/event_text.hpp"
#include "gateway/kept_request.hpp"
#include "gateway/legacy_endpoint.hpp"
#include "gateway/legacy_initialize.hpp"
#include "gateway/legacy_rules.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

// All messages of the session go down on its one stream, which lives for as long as somebody speaks on it.
class SseChannel final : public ReplyChannel {
public:
    explicit SseChannel(std::shared_ptr<SessionStream> stream) : stream_(std::move(stream)) {}
    SessionStream& open() override { return *stream_; }

private:
    std::shared_ptr<SessionStream> stream_;  // the session is the other owner
};

// Where the client is to POST: beside where it asked (2024-11-05 transports, "HTTP with SSE"). Relative, as the
// official SDK sends it.
std::string messages_uri(std::string_view path, std::string_view session_id) {
    std::string uri(path.substr(0, path.rfind('/') + 1));
    return uri.append("messages?sessionId=").append(session_id);
}

HttpReply reply_of(const Error& error) {
    const ErrorMapping mapping = mapping_of(error.code);
    return rpc_error_reply(mapping.http_status, mapping.rpc_code, error.message);
}

HttpReply invalid(std::string_view why) {
    return rpc_error_reply(400, mcp::code::invalid_request, why);
}

}  // namespace

awaitable<void> LegacyEndpoint::open_sse(HttpRequest& request, HttpResponder& responder, std::string_view server) {
    mcp::Caller caller;
    caller.client_ip = request.peer_ip;
    caller.client_id = client_id_of(request);
    const auto created = sessions_.create(server, std::move(caller), Clock::now());
    if (!created) {
        const Error error = created.error();
        auto refusal = failed_call_reply("", error);
        co_await refuse(request, responder, server, std::move(refusal), error.message);
        co_return;
    }
    const auto& session = *created;
    session->over_sse = true;
    session->uninitialized = true;
    const auto connection = session->open_general(streams_)->open();
    connection->push_events(endpoint_event(messages_uri(request.path, session->id)));
    responder.watch_for_close(connection);
    co_await responder.stream_events(connection);
    // Nobody can hear an answer any more.
    cancel_calls(*session, R"("the client closed its stream")");
    sessions_.end(session);
    recorder_.plain({request,
                     responder.status(),
                     responder.body_bytes(),
                     {},
                     server,
                     session->caller.client_id,
                     session->id,
                     connection->overflowed() ? "the client read too slowly" : ""});
}

// The session of the query, or the reply to send instead.
std::shared_ptr<Session> LegacyEndpoint::find_sse_session(const HttpRequest& request, std::string_view server,
                                                          HttpReply& why) {
    const auto id = request.query_value("sessionId");
    if (!id || id->empty()) {
        why = rpc_error_reply(400, mcp::code::transport_error,
                              "Bad Request: the query names no sessionId; POST to the URI of the endpoint event");
        return nullptr;
    }
    auto session = sessions_.find(*id, server, Clock::now());
    if (session == nullptr || !session->over_sse || !session->is_listening()) {
        why = rpc_error_reply(404, mcp::code::session_not_found,
                              "Session not found: it ends with its event stream; open a new one");
        return nullptr;
    }
    if (!revision_of_request(request, session->caller.revision)) {
        why = unsupported_version_reply(request);
        return nullptr;
    }
    return session;
}

awaitable<void> LegacyEndpoint::post_sse(HttpRequest& request, HttpResponder& responder, std::string_view server) {
    HttpReply reply;
    const auto session = find_sse_session(request, server, reply);
    if (session != nullptr) {
        reply.status = 202;
        if (mcp::looks_like_batch(request.body))
            take_sse_batch(request, session, reply);
        else if (auto message = mcp::Message::parse(std::move(request.body)))
            take_sse_message(request, session, std::move(*message), reply);
        else
            reply = reply_of(message.error());
    }
    co_await responder.send(reply);
    // Calls are recorded when they are answered.
    if (reply.status != 202)
        recorder_.plain({request, reply.status, responder.body_bytes(), {}, server, {}, {}, "refused"});
}

void LegacyEndpoint::take_sse_message(const HttpRequest& request, const std::shared_ptr<Session>& session,
                                      mcp::Message message, HttpReply& reply) {
    const bool opens = message.is_call() && message.method() == mcp::method::initialize;
    if (opens && !session->uninitialized) {
        reply = invalid("this session is initialized already");
        return;
    }
    if (message.is_call() && session->find_in_flight(message.id()) != nullptr) {
        reply = invalid("a request with this id is in flight already");
        return;
    }
    const bool early = session->uninitialized && message.method() != mcp::method::ping;
    if (message.is_call() && !opens && early) {
        reply = invalid("send initialize first");
        return;
    }
    if (const auto introduced = opens ? introduce(*session, request, message.params()) : result<void>(); !introduced) {
        reply = failed_call_reply(message.id(), introduced.error());
        return;
    }
    auto kept = std::make_unique<KeptRequest>(request);
    if (opens) {
        session->uninitialized = false;
        tasks_.spawn(initialize_over_sse(std::move(kept), session, std::move(message)), "initialize over SSE");
    } else if (message.is_call()) {
        tasks_.spawn(serve_over_sse(std::move(kept), session, std::move(message)), "call over SSE");
    } else {
        take_notification(*session, message);
        recorder_.plain(
            {request, 202, 0, message.method(), session->endpoint, session->caller.client_id, session->id, {}});
    }
}

// Each message of it as if it had come alone: the answers are events of their own anyway.
void LegacyEndpoint::take_sse_batch(const HttpRequest& request, const std::shared_ptr<Session>& session,
                                    HttpReply& reply) {
    if (session->uninitialized || !mcp::traits(session->caller.revision).batches) {
        reply = invalid("batches exist in revision 2025-03-26 only; send one message per request");
        return;
    }
    auto messages = mcp::parse_batch(request.body);
    if (!messages) {
        reply = reply_of(messages.error());
        return;
    }
    for (auto& message : *messages) {
        const std::string id = message ? std::string(message->id()) : std::string();
        HttpReply refusal;
        refusal.status = 202;
        if (!message)
            session->send(rpc_error(id, message.error()));
        else
            take_sse_message(request, session, std::move(*message), refusal);
        if (refusal.status != 202)
            session->send(rpc_error(id, Error(errc::invalid_request, "this request cannot be part of the batch")));
    }
}

result<void> LegacyEndpoint::introduce(Session& session, const HttpRequest& request, std::string_view params) {
    std::string version;
    auto caller = caller_from(request, params, version);
    if (!caller)
        return caller.error();
    caller->revision = mcp::negotiate_legacy(version);
    caller->session_id = session.id;
    // The stream may have named the client already.
    if (caller->client_id == "anonymous")
        caller->client_id = session.caller.client_id;
    session.caller = std::move(*caller);
    return {};
}

awaitable<void> LegacyEndpoint::initialize_over_sse(std::unique_ptr<KeptRequest> kept, std::shared_ptr<Session> session,
                                                    mcp::Message message) {
    const auto stream = session->streams->general();
    session->opening = true;
    auto info = co_await info_for(*session);
    session->opening = false;
    std::string text;
    std::string why;
    if (info) {
        const auto& name = mcp::traits(session->caller.revision).name;
        if (!servers_.is_alone(session->endpoint, session->caller))
            info->capabilities = shared_capabilities(info->capabilities);
        text = mcp::make_response(message.id(), initialize_result_for(*info, name));
    } else {
        session->uninitialized = true;
        why = info.error().message;
        text = rpc_error(message.id(), info.error());
    }
    recorder_.plain({kept->request, 202, text.size(), mcp::method::initialize, session->endpoint,
                     session->caller.client_id, session->id, why});
    const auto committed = co_await recorder_.committed(kept->request);
    if (!committed)
        text = rpc_error(message.id(), committed.error());
    stream->push(text);
}

awaitable<void> LegacyEndpoint::serve_over_sse(std::unique_ptr<KeptRequest> kept, std::shared_ptr<Session> session,
                                               mcp::Message message) {
    const auto stream = session->streams->general();
    SseChannel channel(stream);
    LegacyExchange exchange(std::move(message), session, calls_.time_of_call(session->endpoint), channel);
    calls_.note_wish(exchange, kept->request);
    auto reply = co_await answer(exchange, *session);
    if (recorder_.is_strict()) {
        const CallRecorder::Call row{
            kept->request, 202, 0, exchange, exchange.route.server, servers_.slot(exchange.route.server)};
        auto committed = recorder_.keep(row, std::move(reply));
        reply = co_await std::move(committed);
    }
    const std::string_view id = exchange.request().id();
    std::size_t bytes = 0;
    if (reply) {
        bytes = reply->text().size();
        stream->reply(*reply, id);
    } else if (reply.error().code != errc::cancelled) {
        const auto failure = mcp::Message::parse(rpc_error(id, reply.error())).value();
        bytes = failure.text().size();
        stream->reply(failure, id);
    }
    session->last_used = Clock::now();
    if (!recorder_.is_strict())
        recorder_.call(
            {kept->request, 202, bytes, exchange, exchange.route.server, servers_.slot(exchange.route.server)}, reply);
    // At the shutdown the stream waits for the last answer that it has to carry.
    if (session->draining && session->in_flight.size() == 1)
        stream->finish();
}

}  // namespace agenthub
