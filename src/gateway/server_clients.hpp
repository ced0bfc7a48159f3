// What the sessions that share a process of a server have in common on its connection: subscriptions counted per uri,
// the most verbose log level anybody wants, and who hears what the server says unasked. Owned by the gateway, one for
// all servers; borrows the session table.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/task_group.hpp"
#include "gateway/server_directory.hpp"
#include "gateway/session_table.hpp"

namespace agenthub {

class ServerClients {
public:
    ServerClients(TaskGroup& tasks, const SessionTable& sessions, const ServerDirectory& servers)
        : tasks_(tasks), sessions_(sessions), servers_(servers) {}

    // resources/subscribe and unsubscribe of one session: true when the server itself must be asked, because this is
    // the first or last session interested in the uri (JSON text).
    bool needs_subscribe(const Session& session, std::string_view uri) const;
    bool needs_unsubscribe(const Session& session, std::string_view uri) const;

    // The level to ask the server for, now that `session` wants `level`; nullopt when the server is there already.
    std::optional<mcp::LogLevel> level_to_request(const Session& session, mcp::LogLevel level) const;
    void level_was_set(const Session& session, mcp::LogLevel level);

    // A session has ended, and is in the table no more: what was its alone, subscriptions or a process, is given up.
    void session_ended(const Session& session);

    // Asks the one session that this owner's process serves; false when there is none, or more than one.
    bool ask(std::string_view server, std::string_view owner, std::shared_ptr<Question> question);

    // To every session of this owner's that wants it, once, on its GET stream.
    void deliver(std::string_view server, std::string_view owner, const mcp::Message& message);

    // A process that knows nothing of its owner's subscriptions and level. `again`: it replaces one whose lists may
    // have been others.
    void server_running(std::string_view server, std::string_view owner, bool again);

    // To every session of the server: these lists are not what they were.
    void lists_changed(std::string_view server, const std::vector<std::string_view>& notifications);

    // Some session of this owner has subscriptions.
    bool is_relied_on(std::string_view server, std::string_view owner) const;

    // The server is not configured any more, and its sessions have ended.
    void server_removed(std::string_view server);

private:
    using Process = std::pair<std::string, std::string>;  // server and owner

    bool same_process(const Session& a, const Session& b) const;
    bool anybody_else(const Session& session, std::string_view uri) const;
    awaitable<void> tell_server(Process process, std::string method, std::string params);

    TaskGroup& tasks_;
    const SessionTable& sessions_;
    const ServerDirectory& servers_;
    std::map<Process, mcp::LogLevel> levels_;  // as last set at each process, or wanted of it
};

}  // namespace agenthub
