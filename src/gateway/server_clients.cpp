// What the clients of one server have in common.
// Owned by the gateway.

#include "gateway/server_clients.hpp"

#include "base/log.hpp"
#include "base/redactor.hpp"
#include "gateway/server_words.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

constexpr Duration kTellLimit{10'000};
constexpr std::size_t kShownRefusal = 300;

}  // namespace

ServerClients::Process ServerClients::process_of(std::string_view server, const mcp::Caller& caller) const {
    return {std::string(server), std::string(servers_.owner_of(server, caller))};
}

bool ServerClients::anybody_else(const Subscriber& client, const Subscription& what) const {
    bool found = false;
    each_client(what.server, servers_.owner_of(what.server, client.caller), [&](const Subscriber& other) {
        found = found || (&other != &client && other.subscriptions.contains(what));
    });
    return found;
}

bool ServerClients::needs_subscribe(const Subscriber& client, const Subscription& what) const {
    return !client.subscriptions.contains(what) && !anybody_else(client, what);
}

bool ServerClients::needs_unsubscribe(const Subscriber& client, const Subscription& what) const {
    return !anybody_else(client, what);
}

void ServerClients::subscribe(Subscriber& client, Subscription what) {
    const bool first = needs_subscribe(client, what);
    const auto [added, is_new] = client.subscriptions.insert(std::move(what));
    if (first)
        tell(process_of(added->server, client.caller), mcp::method::subscribe, params_of(*added));
}

void ServerClients::unsubscribe_all(const Subscriber& client) {
    for (const Subscription& what : client.subscriptions)
        if (!anybody_else(client, what))
            tell(process_of(what.server, client.caller), mcp::method::unsubscribe, params_of(what));
}

void ServerClients::remove_listen(Subscriber& listen) {
    std::erase(listens_, &listen);
    unsubscribe_all(listen);
}

std::optional<mcp::LogLevel> ServerClients::level_to_request(std::string_view server, const Subscriber& client,
                                                             mcp::LogLevel level) const {
    const auto process = process_of(server, client.caller);
    each_client(server, process.second, [&](const Subscriber& other) {
        if (&other != &client && other.level)
            level = std::min(level, *other.level);
    });
    const auto present = levels_.find(process);
    if (present != levels_.end() && present->second == level)
        return std::nullopt;
    return level;
}

void ServerClients::level_was_set(std::string_view server, const mcp::Caller& caller, mcp::LogLevel level) {
    levels_.insert_or_assign(process_of(server, caller), level);
}

void ServerClients::want_level(std::string_view server, const mcp::Caller& caller, mcp::LogLevel level) {
    const auto upstream = servers_.ready(server, caller);
    if (upstream == nullptr || !upstream->info().has_logging || upstream->info().modern)
        return;  // a modern server reads it from the call itself
    auto process = process_of(server, caller);
    const auto present = levels_.find(process);
    if (present != levels_.end() && present->second <= level)
        return;
    levels_.insert_or_assign(process, level);
    tell(std::move(process), mcp::method::set_level, level_params(level));
}

void ServerClients::session_ended(const Session& session) {
    for (const std::string& server : servers_.servers_of(session.endpoint))
        leave(server, session);
}

void ServerClients::leave(const std::string& server, const Subscriber& client) {
    auto process = process_of(server, client.caller);
    bool last = true;
    each_client(server, process.second, [&](const Subscriber& other) { last = last && &other == &client; });
    if (last && !process.second.empty()) {
        levels_.erase(process);
        if (ServerSlot* slot = servers_.slot(server))
            slot->release(process.second);
        return;
    }
    for (const Subscription& what : client.subscriptions)
        if (what.server == server && !anybody_else(client, what))
            tell(process, mcp::method::unsubscribe, params_of(what));
}

bool ServerClients::has_client(std::string_view server, std::string_view owner) const {
    bool found = false;
    each_client(server, owner, [&found](const Subscriber&) { found = true; });
    return found;
}

bool ServerClients::is_relied_on(std::string_view server, std::string_view owner) const {
    bool relied = false;
    each_client(server, owner, [&](const Subscriber& client) {
        for (const Subscription& what : client.subscriptions)
            relied = relied || what.server == server;
    });
    return relied;
}

void ServerClients::server_removed(std::string_view server) {
    std::erase_if(levels_, [server](const auto& entry) { return entry.first.first == server; });
}

void ServerClients::tell(Process process, std::string_view method, std::string params) {
    tasks_.spawn(tell_server(std::move(process), std::string(method), std::move(params)), "word to a server");
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
        log().warn("server {} refused {}: {}", server, method, redacted_clip(reply->error_member(), kShownRefusal));
}

}  // namespace agenthub
