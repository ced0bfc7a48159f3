// What the clients that share a process of a server have in common on its connection: subscriptions counted per uri,
// the most verbose log level anybody wants, and who hears what the server says unasked. Owned by the gateway, one for
// all servers; borrows the session table.

#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/task_group.hpp"
#include "bridge/question.hpp"
#include "gateway/server_directory.hpp"
#include "gateway/session_table.hpp"

namespace agenthub {

class ServerClients {
public:
    ServerClients(TaskGroup& tasks, const SessionTable& sessions, const ServerDirectory& servers)
        : tasks_(tasks), sessions_(sessions), servers_(servers) {}

    // The listens of modern clients. Each is taken out before it ends.
    void add_listen(Subscriber& listen) { listens_.push_back(&listen); }
    void remove_listen(Subscriber& listen);

    // resources/subscribe and unsubscribe of one client: true when the server itself must be asked, because this is the
    // first or last client that is interested.
    bool needs_subscribe(const Subscriber& client, const Subscription& what) const;
    bool needs_unsubscribe(const Subscriber& client, const Subscription& what) const;
    // The same where nobody waits for the server's answer: it is told.
    void subscribe(Subscriber& client, Subscription what);

    // The level to ask the server for, now that `client` wants `level`; nullopt when the server is there already.
    std::optional<mcp::LogLevel> level_to_request(std::string_view server, const Subscriber& client,
                                                  mcp::LogLevel level) const;
    void level_was_set(std::string_view server, const mcp::Caller& caller, mcp::LogLevel level);
    // One call of `caller` wants to hear of this level: the server is told if it would not say so much.
    void want_level(std::string_view server, const mcp::Caller& caller, mcp::LogLevel level);

    // A session has ended, and is in the table no more: what was its alone, subscriptions or processes, is given up.
    void session_ended(const Session& session);

    // Asks the one session that this owner's process serves; false when there is none, or more than one.
    bool ask(std::string_view server, std::string_view owner, std::shared_ptr<Question> question);

    // To every client of this owner's that wants it, once.
    void deliver(std::string_view server, std::string_view owner, const mcp::Message& message);

    // A process that knows nothing of its owner's subscriptions and level. `again`: it replaces one whose lists may
    // have been others.
    void server_running(std::string_view server, std::string_view owner, bool again);

    // To every client of the server: these lists are not what they were.
    void lists_changed(std::string_view server, const std::vector<std::string_view>& notifications);

    // The same for the clients of endpoints that lead to many servers, this one among them: once for all that happens
    // in a short time.
    void lists_of_many_changed(std::string_view server, const std::vector<std::string_view>& notifications);

    // The same after another configuration, whatever it has changed.
    void every_list_changed();

    // A session, or a listen, is served by this owner's process.
    bool has_client(std::string_view server, std::string_view owner) const;

    // Some client of this owner has subscriptions.
    bool is_relied_on(std::string_view server, std::string_view owner) const;

    // The server is not configured any more, and its sessions have ended.
    void server_removed(std::string_view server);

private:
    using Process = std::pair<std::string, std::string>;  // server and owner

    Process process_of(std::string_view server, const mcp::Caller& caller) const;
    template <class Visit>
    void each_client(std::string_view server, Visit&& visit) const;
    template <class Visit>
    void each_client(std::string_view server, std::string_view owner, Visit&& visit) const;
    bool anybody_else(const Subscriber& client, const Subscription& what) const;
    void unsubscribe_all(const Subscriber& client);
    void leave(const std::string& server, const Subscriber& client);
    awaitable<void> announce_lists();
    void tell(Process process, std::string_view method, std::string params);
    awaitable<void> tell_server(Process process, std::string method, std::string params);

    TaskGroup& tasks_;
    const SessionTable& sessions_;
    const ServerDirectory& servers_;
    std::vector<Subscriber*> listens_;
    std::map<std::string, std::set<std::string_view>> unannounced_;  // by endpoint for many
    std::map<Process, mcp::LogLevel> levels_;                        // as last set at each process, or wanted of it
};

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

}  // namespace agenthub
