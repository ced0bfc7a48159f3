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

bool ServerClients::same_process(const Session& a, const Session& b) const {
    return servers_.owner_of(a.server, a.caller) == servers_.owner_of(b.server, b.caller);
}

bool ServerClients::anybody_else(const Session& session, std::string_view uri) const {
    for (const Session* other : sessions_.of_server(session.server))
        if (other != &session && other->subscriptions.contains(uri) && same_process(*other, session))
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
        if (other != &session && other->level && same_process(*other, session))
            level = std::min(level, *other->level);
    const auto present = levels_.find(Process(session.server, servers_.owner_of(session.server, session.caller)));
    if (present != levels_.end() && present->second == level)
        return std::nullopt;
    return level;
}

void ServerClients::level_was_set(const Session& session, mcp::LogLevel level) {
    levels_.insert_or_assign(Process(session.server, servers_.owner_of(session.server, session.caller)), level);
}

void ServerClients::session_ended(const Session& session) {
    const std::string owner(servers_.owner_of(session.server, session.caller));
    bool last = true;
    for (const Session* other : sessions_.of_server(session.server))
        last = last && !same_process(*other, session);
    if (last && !owner.empty()) {
        levels_.erase(Process(session.server, owner));
        if (ServerSlot* slot = servers_.slot(session.server))
            slot->release(owner);
        return;
    }
    for (const auto& uri : session.subscriptions)
        if (!anybody_else(session, uri))
            tasks_.spawn(
                tell_server(Process(session.server, owner), std::string(mcp::method::unsubscribe), uri_params(uri)),
                "unsubscribe");
}

bool ServerClients::ask(std::string_view server, std::string_view owner, std::shared_ptr<Question> question) {
    Session* only = nullptr;
    for (Session* session : sessions_.of_server(server)) {
        if (servers_.owner_of(server, session->caller) != owner)
            continue;
        if (only != nullptr)
            return false;
        only = session;
    }
    if (only == nullptr)
        return false;
    const auto send = [only](std::string_view message) { return only->send(message); };
    only->questions.ask(std::move(question), only->caller, send);
    return true;
}

void ServerClients::deliver(std::string_view server, std::string_view owner, const mcp::Message& message) {
    for (Session* session : sessions_.of_server(server))
        if (session->is_listening() && servers_.owner_of(server, session->caller) == owner && wants(*session, message))
            session->send(message.text());
}

void ServerClients::server_running(std::string_view server, std::string_view owner, bool again) {
    const Process process(server, owner);
    std::set<std::string_view> uris;
    std::optional<mcp::LogLevel> level;
    for (const Session* session : sessions_.of_server(server)) {
        if (servers_.owner_of(server, session->caller) != owner)
            continue;
        uris.insert(session->subscriptions.begin(), session->subscriptions.end());
        if (session->level)
            level = std::min(level.value_or(*session->level), *session->level);
    }
    for (const auto uri : uris)
        tasks_.spawn(tell_server(process, std::string(mcp::method::subscribe), uri_params(uri)), "subscribe again");
    if (level) {
        levels_.insert_or_assign(process, *level);
        tasks_.spawn(tell_server(process, std::string(mcp::method::set_level), level_params(*level)),
                     "set level again");
    } else {
        levels_.erase(process);
    }
    const auto upstream = again ? servers_.ready(server, owner) : nullptr;
    if (upstream == nullptr)
        return;
    // Only what the server says it announces may be announced for it.
    for (const ListKind& kind : kListKinds)
        if (upstream->info().*kind.announced && kind.method != mcp::method::templates_list)
            if (const auto message = mcp::Message::parse(mcp::make_call("", kind.changed)))
                deliver(server, owner, *message);
}

void ServerClients::lists_changed(std::string_view server, const std::vector<std::string_view>& notifications) {
    for (const auto method : notifications)
        if (const auto message = mcp::Message::parse(mcp::make_call("", method)))
            for (Session* session : sessions_.of_server(server))
                session->send(message->text());
}

bool ServerClients::is_relied_on(std::string_view server, std::string_view owner) const {
    for (const Session* session : sessions_.of_server(server))
        if (!session->subscriptions.empty() && servers_.owner_of(server, session->caller) == owner)
            return true;
    return false;
}

void ServerClients::server_removed(std::string_view server) {
    std::erase_if(levels_, [server](const auto& entry) { return entry.first.first == server; });
}

awaitable<void> ServerClients::tell_server(Process process, std::string method, std::string params) {
    const auto& [server, owner] = process;
    const auto upstream = servers_.ready(server, std::string_view(owner));
    if (upstream == nullptr)
        co_return;
    const auto reply = co_await upstream->request(method, params, Deadline::after(kTellLimit));
    if (!reply)
        log().warn("server {} did not take {}: {}", server, method, reply.error().message);
    else if (reply->kind() == mcp::Kind::error)
        log().warn("server {} refused {}: {}", server, method, reply->error_member());
}

}  // namespace agenthub
