// The opening of a legacy session: who asks, and what the server says of itself.
// Owned by the gateway.

#include "gateway/legacy_initialize.hpp"

#include "base/text.hpp"
#include "gateway/error_reply.hpp"
#include "gateway/legacy_endpoint.hpp"
#include "mcp/client_capability.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {

result<mcp::Caller> caller_from(const HttpRequest& request, std::string_view params, std::string& version) {
    mcp::Caller caller;
    caller.client_ip = request.peer_ip;
    caller.since = request.began;
    caller.client_id = client_id_of(request);
    if (const auto wish = mcp::member(params, "protocolVersion"); wish.starts_with('"'))
        version = mcp::unescape(wish);
    const auto capabilities = mcp::member(params, "capabilities");
    const auto info = mcp::member(params, "clientInfo");
    if (const std::size_t size = capabilities.size() + info.size(); size > kMaxIntroduction)
        return Error(errc::invalid_request,
                     "params.capabilities and params.clientInfo have " + std::to_string(size) +
                         " bytes, and may have " + std::to_string(kMaxIntroduction) +
                         " together: they are kept for the whole session. Name icons by a URL instead of sending them");
    if (capabilities.starts_with('{'))
        caller.capabilities = capabilities;
    caller.can_answer = mcp::can_answer(caller.capabilities);
    if (!info.starts_with('{'))
        return caller;
    caller.client_info = info;
    const auto name = mcp::member(info, "name");
    if (caller.client_id == "anonymous" && name.starts_with('"') && name.size() > 2)
        caller.client_id = clip(mcp::unescape(name), 200);
    return caller;
}

// `client_id` becomes the name that the client has given itself.
static result<std::shared_ptr<Session>> open_session(SessionTable& sessions, const HttpRequest& request,
                                                     std::string_view server, std::string_view params,
                                                     std::string& client_id) {
    std::string version;
    auto caller = caller_from(request, params, version);
    if (!caller)
        return caller.error();
    caller->revision = mcp::negotiate_legacy(version);
    client_id = caller->client_id;
    return sessions.create(server, std::move(*caller), Clock::now());
}

awaitable<void> LegacyEndpoint::initialize(HttpRequest& request, HttpResponder& responder, std::string_view server,
                                           mcp::Message message) {
    std::string client_id(client_id_of(request));
    HttpReply reply;
    std::string why;
    std::string session_id;
    result<ServerInfo> info = ServerInfo();
    // First of all, because an isolated process belongs to a session.
    auto session = open_session(sessions_, request, server, message.params(), client_id);
    if (session) {
        (*session)->opening = true;
        info = co_await info_for(**session);
        (*session)->opening = false;
        (*session)->last_used = Clock::now();
    } else {
        info = session.error();
    }
    if (info) {
        session_id = (*session)->id;
        const auto& name = mcp::traits((*session)->caller.revision).name;
        if (!leads_to_many(server) && !servers_.is_alone(server, (*session)->caller))
            info->capabilities = shared_capabilities(info->capabilities);
        reply.body = mcp::make_response(message.id(), initialize_result_for(*info, name));
        reply.headers.emplace_back(mcp::header::session_id, session_id);
    } else {
        why = info.error().message;
        reply = failed_call_reply(message.id(), info.error());
        if (session)
            sessions_.end(*session);
    }
    if (info && responder.client_is_gone())
        note_cut_off(**session);
    co_await responder.send(reply);
    recorder_.plain(
        {request, reply.status, responder.body_bytes(), mcp::method::initialize, server, client_id, session_id, why});
}

// What the server says of itself: now, or when it last ran, or once it has been started for this.
awaitable<result<ServerInfo>> LegacyEndpoint::info_for(const Session& session) {
    if (auto unrecorded = recorder_.refusal())
        co_return std::move(*unrecorded);
    if (leads_to_many(session.endpoint)) {
        ServerInfo info = aggregates_.info(session.endpoint);
        info.capabilities = mcp::without_members(info.capabilities, {"extensions"});  // of the modern era
        co_return info;
    }
    if (const auto present = servers_.ready(session.endpoint, session.caller))
        co_return present->info();
    if (const Catalogue* known = servers_.stand_in(session.endpoint, session.caller))
        co_return known->info;
    const auto started = co_await calls_.upstream_for(session.endpoint, session, deadline_of_start(session.endpoint));
    if (!started)
        co_return started.error();
    co_return (*started)->info();
}

}  // namespace agenthub
