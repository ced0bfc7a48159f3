// What the sessions of one server have in common on its single connection: subscriptions counted per uri, the most
// verbose log level anybody wants, and who hears what the server says unasked.
// Owned by the gateway, one for all servers; borrows the session table.

#pragma once

#include <map>
#include <string>
#include <string_view>

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
    void level_was_set(std::string_view server, mcp::LogLevel level);

    // A session has ended: subscriptions that were its alone are given up at the server.
    void session_ended(const Session& session);

    // To every session that wants it, once, on its GET stream.
    void deliver(std::string_view server, const mcp::Message& message);

    // A new process knows nothing of subscriptions and levels, and its lists may differ from the last one's.
    void server_restarted(std::string_view server);

    // The server is not configured any more, and its sessions have ended.
    void server_removed(std::string_view server);

private:
    bool anybody_else(const Session& session, std::string_view uri) const;
    awaitable<void> tell_server(std::string server, std::string method, std::string params);
    void announce_lists(std::string_view server, const ServerInfo& info);

    TaskGroup& tasks_;
    const SessionTable& sessions_;
    const ServerDirectory& servers_;
    std::map<std::string, mcp::LogLevel, std::less<>> levels_;  // as last set at each server
};

}  // namespace agenthub
