// The GET of a legacy session: its general stream, and any stream that a client comes back to.
// Owned by the gateway.

#include "gateway/error_reply.hpp"
#include "gateway/legacy_endpoint.hpp"
#include "mcp/names.hpp"

namespace agenthub {
namespace {

HttpReply not_resumable(std::string_view why) {
    return rpc_error_reply(400, mcp::code::transport_error, "Bad Request: the Last-Event-ID " + std::string(why));
}

// A client of HTTP+SSE that was given this URL, or one that tries that transport first: most of those go on to
// Streamable HTTP after a 404 or 405 alone. A stream without a session is what this path does not offer.
HttpReply no_session(const HttpRequest& request) {
    HttpReply reply = rpc_error_reply(
        405, mcp::code::transport_error,
        "Method Not Allowed: GET needs an Mcp-Session-Id; POST initialize first, or GET " +
            std::string(request.path.starts_with("/mcp/") ? request.path : "") + "/sse for the HTTP+SSE transport");
    reply.headers.emplace_back("Allow", "POST, OPTIONS");
    return reply;
}

}  // namespace

awaitable<void> LegacyEndpoint::get(HttpRequest& request, HttpResponder& responder, std::string_view server) {
    HttpReply why;
    std::shared_ptr<Session> session;
    if (request.has_header(mcp::header::session_id))
        session = find_session(request, server, why);
    else
        why = no_session(request);
    std::shared_ptr<SessionStream> stream;
    std::shared_ptr<EventStream> connection;
    if (session != nullptr) {
        const std::string_view last_event = request.header(mcp::header::last_event_id);
        if (last_event.empty())
            connection = open_general(*session, stream, why);
        else
            connection = resume(*session, last_event, stream, why);
    }
    if (connection == nullptr) {
        co_await refuse(request, responder, server, std::move(why), "no event stream for this request");
        co_return;
    }
    co_await carry(request, responder, *session, stream, connection);
}

// One general stream per session; one that has lost its connection gives way (transports, "Listening for Messages").
std::shared_ptr<EventStream> LegacyEndpoint::open_general(Session& session, std::shared_ptr<SessionStream>& stream,
                                                          HttpReply& why) {
    const bool carried = session.is_listening() && session.streams->general()->is_carried();
    if (carried) {
        why = rpc_error_reply(409, mcp::code::transport_error,
                              "Conflict: this session has a GET stream already; one is allowed");
        return nullptr;
    }
    stream = session.open_general(streams_);
    auto connection = stream->open();
    session.questions.on_stream([&session](std::string_view message) { return session.send(message); });
    return connection;
}

// Whatever opened the stream (transports, "Resumability and Redelivery"). What cannot be given back whole is refused.
std::shared_ptr<EventStream> LegacyEndpoint::resume(const Session& session, std::string_view last_event,
                                                    std::shared_ptr<SessionStream>& stream, HttpReply& why) {
    const auto at = streams_.ids.read(session.id, last_event);
    if (!at) {
        why = not_resumable("was not given out in this session by the present AgentHub");
        return nullptr;
    }
    stream = session.find_stream(at->stream);
    if (stream != nullptr && stream->is_over_at(at->position)) {
        why = HttpReply();
        why.status = 204;  // which ends the attempts of clients that look for more (HTML standard, section 9.2)
        return nullptr;
    }
    auto connection = stream == nullptr ? nullptr : stream->resume(at->position);
    if (connection == nullptr)
        why = not_resumable(
            "is too old: what followed it is not kept any more "
            "(limits.replay_bytes, limits.streams_per_session)");
    return connection;
}

// Until the stream has ended, or the client has gone or come back on another connection. Who has been told to come back
// for an answer waits for it here: not every client comes back twice.
awaitable<void> LegacyEndpoint::carry(HttpRequest& request, HttpResponder& responder, Session& session,
                                      std::shared_ptr<SessionStream> stream, std::shared_ptr<EventStream> connection) {
    responder.watch_for_close(connection);
    co_await responder.stream_events(connection);
    if (connection->broken() && stream->is_carried_by(connection.get()))
        note_cut_off(session);
    session.last_used = Clock::now();
    recorder_.plain({request,
                     responder.status(),
                     responder.body_bytes(),
                     {},
                     session.endpoint,
                     session.caller.client_id,
                     session.id,
                     connection->overflowed() ? "the client read too slowly" : ""});
}

}  // namespace agenthub
