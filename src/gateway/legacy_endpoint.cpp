// Sessions and the HTTP side of the legacy era: who asks, in which session, and how the answer travels.
// Owned by the gateway.

#include "gateway/legacy_endpoint.hpp"

#include "base/text.hpp"
#include "gateway/error_reply.hpp"
#include "gateway/legacy_rules.hpp"
#include "mcp/json_members.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

constexpr Duration kQuickCall{5};

HttpReply accepted() {
    HttpReply reply;
    reply.status = 202;
    return reply;
}

}  // namespace

LegacyEndpoint::LegacyEndpoint(const Limits& limits, ServerDirectory& servers, Aggregates& aggregates,
                               SessionTable& sessions, ServerClients& clients, CallForwarder& calls,
                               CallRecorder& recorder, TaskGroup& tasks)
    : limits_(limits),
      servers_(servers),
      aggregates_(aggregates),
      sessions_(sessions),
      clients_(clients),
      calls_(calls),
      recorder_(recorder),
      tasks_(tasks),
      streams_(tasks.executor(), limits) {}

// The session that the header names, or the reply to send instead.
std::shared_ptr<Session> LegacyEndpoint::find_session(const HttpRequest& request, std::string_view server,
                                                      HttpReply& why) {
    const std::string_view id = request.header(mcp::header::session_id);
    if (id.empty()) {
        why = rpc_error_reply(400, mcp::code::transport_error,
                              "Bad Request: the Mcp-Session-Id header is missing; send initialize first");
        return nullptr;
    }
    auto session = sessions_.find(id, server, Clock::now());
    if (session == nullptr || session->over_sse) {
        why = rpc_error_reply(404, mcp::code::session_not_found,
                              "Session not found: it has ended, or never existed here; send initialize again");
        return nullptr;
    }
    if (!revision_of_request(request, session->caller.revision)) {
        why = unsupported_version_reply(request);
        return nullptr;
    }
    return session;
}

awaitable<void> LegacyEndpoint::refuse(HttpRequest& request, HttpResponder& responder, std::string_view server,
                                       HttpReply reply, std::string_view why) {
    co_await responder.send(reply);
    recorder_.plain({request, responder.status(), responder.body_bytes(), {}, server, {}, {}, why});
}

awaitable<void> LegacyEndpoint::post(HttpRequest& request, HttpResponder& responder, std::string_view server,
                                     mcp::Message message) {
    const bool opens = message.is_call() && message.method() == mcp::method::initialize;
    if (opens && !request.has_header(mcp::header::session_id))
        return initialize(request, responder, server, std::move(message));
    HttpReply why;
    auto session = find_session(request, server, why);
    if (session != nullptr && opens) {
        session = nullptr;
        why = rpc_error_reply(400, mcp::code::invalid_request, "this session is initialized already");
    }
    if (session == nullptr)
        return refuse(request, responder, server, std::move(why), "no usable session");
    if (message.is_call())
        return serve_call(request, responder, std::move(session), std::move(message));
    return accept(request, responder, std::move(session), std::move(message));
}

// A notification, or an answer to a question.
awaitable<void> LegacyEndpoint::accept(HttpRequest& request, HttpResponder& responder, std::shared_ptr<Session> session,
                                       mcp::Message message) {
    take_notification(*session, message);
    const auto reply = accepted();
    co_await responder.send(reply);
    recorder_.plain({request, 202, 0, message.method(), session->endpoint, session->caller.client_id, session->id, {}});
}

// A client that is cut off while it waits for something, and does not come back, has gone without a word.
void LegacyEndpoint::note_cut_off(Session& session) const {
    Duration grace{0};
    for (const std::string& server : servers_.servers_of(session.endpoint))
        if (const ServerSlot* slot = servers_.slot(server))
            grace = std::max(grace, slot->config().session_grace);
    if (grace > Duration{0})
        session.ends_at = Clock::now() + grace;
}

// While it waits, on whatever it waits, and holds a process.
bool LegacyEndpoint::is_cut_off(const Session& session) const {
    const bool listens = session.is_listening() && session.streams->general()->is_carried();
    if (session.over_sse || session.opening || session.in_flight.empty() || listens)
        return false;
    const auto servers = servers_.servers_of(session.endpoint);
    return std::any_of(servers.begin(), servers.end(),
                       [&](const auto& server) { return !servers_.owner_of(server, session.caller).empty(); }) &&
           std::all_of(session.in_flight.begin(), session.in_flight.end(),
                       [](const LegacyExchange* exchange) { return exchange->client_is_gone(); });
}

void LegacyEndpoint::give_up_the_cut_off(TimePoint now) {
    std::vector<Session*> cut_off;
    sessions_.each_endpoint([&](std::string_view, const auto& sessions) {
        std::copy_if(sessions.begin(), sessions.end(), std::back_inserter(cut_off),
                     [&](const Session* session) { return is_cut_off(*session); });
    });
    for (Session* session : cut_off) {
        if (session->ends_at == TimePoint::max())
            note_cut_off(*session);
        else if (now >= session->ends_at)
            cancel_calls(*session, R"("the client was cut off and did not come back")");
    }
}

// Whether a client is still there costs a system call, which a quick call of a shared server is not worth.
bool LegacyEndpoint::is_worth_a_look(const Session& session, const HttpRequest& request) const {
    const ServerSlot* slot = servers_.slot(session.endpoint);
    const bool has_process = slot != nullptr && slot->config().isolation != Isolation::shared;
    return has_process || Clock::now() - request.began > kQuickCall;
}

awaitable<void> LegacyEndpoint::end_session(HttpRequest& request, HttpResponder& responder, std::string_view server) {
    HttpReply reply;
    const auto session = find_session(request, server, reply);
    if (session == nullptr) {
        co_await refuse(request, responder, server, std::move(reply), "no usable session");
        co_return;
    }
    // Calls in flight go with their session: nobody can read their answers any more.
    cancel_calls(*session, R"("the client ended its session")");
    sessions_.end(session);
    co_await responder.send(reply);
    recorder_.plain({request, responder.status(), 0, {}, server, session->caller.client_id, session->id, {}});
}

// `reason` is JSON text.
void LegacyEndpoint::cancel_calls(const Session& session, std::string_view reason) {
    const auto in_flight = session.in_flight;
    for (LegacyExchange* exchange : in_flight)
        exchange->cancel(reason);
}

void LegacyEndpoint::take_notification(Session& session, const mcp::Message& message) {
    if (message.is_reply()) {
        session.questions.answer(message);  // or to a question that nobody asked, or that was withdrawn
        return;
    }
    const std::string_view method = message.method();
    if (method == mcp::method::cancelled) {
        if (LegacyExchange* exchange = session.find_in_flight(message.request_id())) {
            const auto reason = mcp::member(message.params(), "reason");
            exchange->cancel(reason.starts_with('"') ? reason : std::string_view());
        }
        return;
    }
    // AgentHub has done the handshake.
    if (method == mcp::method::initialized)
        return;
    const auto asker = method == mcp::method::progress ? session.questions.asker_of(message.progress_token())
                                                       : std::optional<std::string>();
    for (const std::string& server : servers_.servers_of(session.endpoint)) {
        // Who shares a process has told it of no roots. Progress is for the server whose question it is about.
        const bool meant = method == mcp::method::progress        ? asker == server
                           : method == mcp::method::roots_changed ? servers_.is_alone(server, session.caller)
                                                                  : !leads_to_many(session.endpoint);
        const auto upstream = meant ? servers_.ready(server, session.caller) : nullptr;
        if (upstream != nullptr)
            upstream->notify(message);
    }
}

Deadline LegacyEndpoint::deadline_of_start(std::string_view server) const {
    const ServerSlot* slot = servers_.slot(server);
    return slot == nullptr ? Deadline() : Deadline::after(slot->config().start_timeout);
}

}  // namespace agenthub
