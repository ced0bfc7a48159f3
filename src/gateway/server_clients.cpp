// What the clients of one server have in common.
// Owned by the gateway.

#include "gateway/server_clients.hpp"

#include "base/log.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

constexpr Duration kTellLimit{10'000};
// What many servers announce at the same time, after a start or a reload, is one piece of news.
constexpr Duration kCoalesce{50};

bool is_list_change(std::string_view method) {
    return method.ends_with("/list_changed");
}

std::string uri_params(std::string_view uri) {
    return R"({"uri":)" + std::string(uri) + "}";
}

std::string level_params(mcp::LogLevel level) {
    return R"({"level":")" + std::string(mcp::to_string(level)) + R"("})";
}

}  // namespace

ServerClients::Process ServerClients::process_of(std::string_view server, const mcp::Caller& caller) const {
    return {std::string(server), std::string(servers_.owner_of(server, caller))};
}

template <class Visit>
void ServerClients::each_client(std::string_view server, Visit&& visit) const {
    sessions_.each_endpoint([&](std::string_view endpoint, const std::vector<Session*>& sessions) {
        if (servers_.includes(endpoint, server))
            for (Session* session : sessions)
                visit(*session);
    });
    for (Subscriber* listen : listens_)
        if (servers_.includes(listen->endpoint, server))
            visit(*listen);
}

template <class Visit>
void ServerClients::each_client(std::string_view server, std::string_view owner, Visit&& visit) const {
    each_client(server, [&](Subscriber& client) {
        if (servers_.owner_of(server, client.caller) == owner)
            visit(client);
    });
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
        tell(process_of(added->server, client.caller), mcp::method::subscribe, uri_params(added->uri));
}

void ServerClients::unsubscribe_all(const Subscriber& client) {
    for (const Subscription& what : client.subscriptions)
        if (!anybody_else(client, what))
            tell(process_of(what.server, client.caller), mcp::method::unsubscribe, uri_params(what.uri));
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
            tell(process, mcp::method::unsubscribe, uri_params(what.uri));
}

bool ServerClients::ask(std::string_view server, std::string_view owner, std::shared_ptr<Question> question) {
    std::vector<Session*> asked;
    sessions_.each_endpoint([&](std::string_view endpoint, const std::vector<Session*>& sessions) {
        for (Session* session : sessions)
            if (servers_.includes(endpoint, server) && servers_.owner_of(server, session->caller) == owner)
                asked.push_back(session);
    });
    if (asked.size() != 1)
        return false;
    Session& only = *asked.front();
    const auto send = [&only](std::string_view message) { return only.send(message); };
    only.questions.ask(std::move(question), only.caller, send);
    return true;
}

void ServerClients::deliver(std::string_view server, std::string_view owner, const mcp::Message& message) {
    // Who sees the lists of many is told when they have been put together anew; what an isolated process offers is in
    // none.
    const bool is_news = !is_list_change(message.method()) || !owner.empty();
    each_client(server, owner, [&](Subscriber& client) {
        if (is_news || !leads_to_many(client.endpoint))
            client.hear(server, message);
    });
}

void ServerClients::server_running(std::string_view server, std::string_view owner, bool again) {
    const Process process(server, owner);
    std::set<std::string_view> uris;
    std::optional<mcp::LogLevel> level;
    each_client(server, owner, [&](const Subscriber& client) {
        for (const Subscription& what : client.subscriptions)
            if (what.server == server)
                uris.insert(what.uri);
        if (client.level)
            level = std::min(level.value_or(*client.level), *client.level);
    });
    for (const auto uri : uris)
        tell(process, mcp::method::subscribe, uri_params(uri));
    levels_.erase(process);
    if (level) {
        levels_.insert_or_assign(process, *level);
        tell(process, mcp::method::set_level, level_params(*level));
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
            each_client(server, [&](Subscriber& client) {
                if (!leads_to_many(client.endpoint))
                    client.hear(server, *message);
            });
}

void ServerClients::every_list_changed() {
    const bool first = unannounced_.empty();
    const auto note = [this](const Subscriber& client) {
        if (leads_to_many(client.endpoint))
            for (const ListKind& kind : kListKinds)
                unannounced_[client.endpoint].insert(kind.changed);
    };
    sessions_.each_endpoint([&](std::string_view, const std::vector<Session*>& sessions) {
        for (const Session* session : sessions)
            note(*session);
    });
    for (const Subscriber* listen : listens_)
        note(*listen);
    if (first && !unannounced_.empty())
        tasks_.spawn(announce_lists(), "lists of many");
}

void ServerClients::lists_of_many_changed(std::string_view server, const std::vector<std::string_view>& notifications) {
    const bool first = unannounced_.empty();
    each_client(server, [&](const Subscriber& client) {
        if (leads_to_many(client.endpoint) && !notifications.empty())
            unannounced_[client.endpoint].insert(notifications.begin(), notifications.end());
    });
    if (first && !unannounced_.empty())
        tasks_.spawn(announce_lists(), "lists of many");
}

awaitable<void> ServerClients::announce_lists() {
    SteadyTimer pause(tasks_.executor());
    pause.expires_after(kCoalesce);
    co_await pause.async_wait(use_awaitable);
    for (const auto& [endpoint, methods] : std::exchange(unannounced_, {}))
        for (const std::string_view method : methods) {
            const auto message = mcp::Message::parse(mcp::make_call("", method)).value();
            for (Session* session : sessions_.of_endpoint(endpoint))
                session->hear({}, message);
            for (Subscriber* listen : listens_)
                if (listen->endpoint == endpoint)
                    listen->hear({}, message);
        }
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
        log().warn("server {} refused {}: {}", server, method, reply->error_member());
}

}  // namespace agenthub
