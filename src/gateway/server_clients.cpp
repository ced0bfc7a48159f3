// What the sessions of one server have in common.
// Owned by the gateway.

#include "gateway/server_clients.hpp"

#include <set>

#include "base/log.hpp"
#include "gateway/legacy_exchange.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

constexpr Duration kTellLimit{10'000};

std::string uri_params(std::string_view uri) {
    return R"({"uri":)" + std::string(uri) + "}";
}

std::string level_params(mcp::LogLevel level) {
    return R"({"level":")" + std::string(mcp::to_string(level)) + R"("})";
}

bool wants(const Session& session, const mcp::Message& message) {
    if (message.method() == mcp::method::log_message)
        return wants_log(session, message);
    if (message.method() == mcp::method::resource_updated)
        return session.subscriptions.contains(message.uri());
    return true;
}

}  // namespace

bool ServerClients::anybody_else(const Session& session, std::string_view uri) const {
    for (const Session* other : sessions_.of_server(session.server))
        if (other != &session && other->subscriptions.contains(uri))
            return true;
    return false;
}

bool ServerClients::needs_subscribe(const Session& session, std::string_view uri) const {
    return !session.subscriptions.contains(uri) && !anybody_else(session, uri);
}

bool ServerClients::needs_unsubscribe(const Session& session, std::string_view uri) const {
    return !anybody_else(session, uri);
}

std::optional<mcp::LogLevel> ServerClients::level_to_request(const Session& session, mcp::LogLevel level) const {
    for (const Session* other : sessions_.of_server(session.server))
        if (other != &session && other->level)
            level = std::min(level, *other->level);
    const auto present = levels_.find(session.server);
    if (present != levels_.end() && present->second == level)
        return std::nullopt;
    return level;
}

void ServerClients::level_was_set(std::string_view server, mcp::LogLevel level) {
    levels_.insert_or_assign(std::string(server), level);
}

void ServerClients::session_ended(const Session& session) {
    for (const auto& uri : session.subscriptions)
        if (!anybody_else(session, uri))
            tasks_.spawn(tell_server(session.server, std::string(mcp::method::unsubscribe), uri_params(uri)),
                         "unsubscribe");
}

void ServerClients::deliver(std::string_view server, const mcp::Message& message) {
    for (const Session* session : sessions_.of_server(server))
        if (session->stream != nullptr && wants(*session, message))
            session->stream->push(message.text());
}

void ServerClients::server_restarted(std::string_view server) {
    std::set<std::string_view> uris;
    for (const Session* session : sessions_.of_server(server))
        uris.insert(session->subscriptions.begin(), session->subscriptions.end());
    for (const auto uri : uris)
        tasks_.spawn(tell_server(std::string(server), std::string(mcp::method::subscribe), uri_params(uri)),
                     "subscribe again");
    const auto level = levels_.find(server);
    if (level != levels_.end())
        tasks_.spawn(tell_server(std::string(server), std::string(mcp::method::set_level), level_params(level->second)),
                     "set level again");
    if (const auto upstream = servers_.ready(server))
        announce_lists(server, upstream->info());
}

void ServerClients::server_removed(std::string_view server) {
    const auto level = levels_.find(server);
    if (level != levels_.end())
        levels_.erase(level);
}

// Only what the server says it announces may be announced for it.
void ServerClients::announce_lists(std::string_view server, const ServerInfo& info) {
    for (const auto& [changes, method] : {std::pair(info.tools_change, mcp::method::tools_changed),
                                          std::pair(info.prompts_change, mcp::method::prompts_changed),
                                          std::pair(info.resources_change, mcp::method::resources_changed)}) {
        if (!changes)
            continue;
        if (const auto message = mcp::Message::parse(mcp::make_call("", method)))
            deliver(server, *message);
    }
}

awaitable<void> ServerClients::tell_server(std::string server, std::string method, std::string params) {
    const auto upstream = servers_.ready(server);
    if (upstream == nullptr)
        co_return;
    const auto reply = co_await upstream->request(method, params, Deadline::after(kTellLimit));
    if (!reply)
        log().warn("server {} did not take {}: {}", server, method, reply.error().message);
    else if (reply->kind() == mcp::Kind::error)
        log().warn("server {} refused {}: {}", server, method, reply->error_member());
}

}  // namespace agenthub
