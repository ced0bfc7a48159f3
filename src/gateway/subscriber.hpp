// Whoever hears what servers say unasked: a legacy session, or the listen of a modern client.
// Owned by the table of sessions or by the request being served.

#pragma once

#include <compare>
#include <optional>
#include <set>
#include <string>

#include "mcp/caller.hpp"
#include "mcp/json_text.hpp"
#include "mcp/log_level.hpp"
#include "mcp/message.hpp"

namespace agenthub {

// A resource that somebody wants to hear of, or a task of the extension io.modelcontextprotocol/tasks.
struct Subscription {
    // `uri_token` is JSON text. The same resource may be spelt in several ways ("\/" is "/"), and is one here.
    Subscription(std::string_view s, std::string_view uri_token) : server(s), uri(mcp::plain_spelling(uri_token)) {}
    // `task_id`: the server's own, JSON text.
    static Subscription of_task(std::string_view server, std::string_view task_id) {
        Subscription out(server, task_id);
        out.is_task = true;
        return out;
    }

    std::string server, uri;  // the uri is JSON text, or that of a task its id
    bool is_task = false;
    auto operator<=>(const Subscription&) const = default;
};

struct Subscriber {
    Subscriber() = default;
    virtual ~Subscriber() = default;
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    // One notification of that server's; what it does not want it drops.
    virtual void hear(std::string_view server, const mcp::Message& notification) = 0;

    std::string endpoint;  // a server's name, or that of an endpoint for several; see ServerDirectory::includes()
    mcp::Caller caller;
    std::optional<mcp::LogLevel> level;  // that it has asked for
    std::set<Subscription> subscriptions;
};

}  // namespace agenthub
