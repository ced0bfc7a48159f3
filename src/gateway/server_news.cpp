// What servers say unasked, and to which clients.
// Owned by the gateway.

#include "gateway/server_clients.hpp"
#include "gateway/server_words.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

// What many servers announce at the same time, after a start or a reload, is one piece of news.
constexpr Duration kCoalesce{50};

bool is_list_change(std::string_view method) {
    return method.ends_with("/list_changed");
}

}  // namespace

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
    std::set<Subscription> subjects;
    std::optional<mcp::LogLevel> level;
    each_client(server, owner, [&](const Subscriber& client) {
        for (const Subscription& what : client.subscriptions)
            if (what.server == server)
                subjects.insert(what);
        if (client.level)
            level = std::min(level.value_or(*client.level), *client.level);
    });
    for (const Subscription& what : subjects)
        tell(process, mcp::method::subscribe, params_of(what));
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

}  // namespace agenthub
