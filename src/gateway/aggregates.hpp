// The endpoints that lead to many servers: the aggregate of all, and the views of it. What they list comes from the
// servers' catalogues, so that no server, however dead, slow or cold, fails or delays a list.
// Owned by the gateway; a cache, put together anew when a catalogue or the configuration has changed.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/task_group.hpp"
#include "config/config.hpp"
#include "gateway/aggregate_merge.hpp"
#include "gateway/server_directory.hpp"

namespace agenthub {

// Where a request to such an endpoint goes, and what its server calls the thing that it names.
struct Destination {
    std::string server;
    mcp::Span at;     // of the request's text: the name or uri; empty: nothing is renamed
    std::string own;  // what stands there for the server, JSON text
};

class Aggregates {
public:
    // `config` may be another after reconfigured(). References outlive it.
    Aggregates(const Config& config, ServerDirectory& servers, TaskGroup& tasks)
        : config_(config), servers_(servers), tasks_(tasks) {}

    void reconfigured();

    // What the endpoint says of itself in a handshake.
    ServerInfo info(std::string_view endpoint) const;

    // Starts servers that nobody has met yet, and waits for them for a short time, once in their life: a client that
    // asks for a list once is to see it. What comes later is announced.
    awaitable<void> meet_all(std::string endpoint);
    // The result of one of the list methods, JSON text: a page of it. `cursor`: JSON text of params.cursor, or empty.
    // Errors: errc::invalid_params.
    result<std::string> list(std::string_view endpoint, std::string_view method, std::string_view cursor);
    // How long, and for whom, such a result may be kept.
    ListLifetime lifetime_of(std::string_view endpoint, std::string_view method) const;

    // Waits for servers that nobody has met yet if one of them may be meant. Errors: errc::invalid_params for what no
    // server has, errc::method_not_found for methods that cannot be asked of many.
    awaitable<result<Destination>> destination_of(std::string endpoint, const mcp::Message& request, Deadline deadline);
    // Of a tool as clients call it: its server, and its name there; nullopt: no server is known to have it.
    std::optional<std::pair<std::string, std::string>> tool_of(std::string_view endpoint, std::string_view shown_name);
    // Whose resource it is; `uri` is JSON text. nullopt: nobody's.
    std::optional<std::string> server_of_uri(std::string_view endpoint, std::string_view uri);

private:
    struct Shown {
        std::uint64_t stamp = 0;  // of the catalogues that it was made of
        AggregateList tools, prompts, resources, templates;
    };

    const ViewConfig* view_of(std::string_view endpoint) const;
    const Shown& shown(std::string_view endpoint);
    Shown make(std::string_view endpoint) const;
    const AggregateList* list_of(const Shown& shown, std::string_view method) const;
    result<Destination> find(std::string_view endpoint, const mcp::Message& request);
    std::string note_of(std::string_view endpoint) const;
    void meet(const std::string& server);
    bool is_being_met(std::string_view endpoint) const;
    awaitable<void> start(std::string server);

    const Config& config_;
    ServerDirectory& servers_;
    TaskGroup& tasks_;
    std::map<std::string, Shown, std::less<>> shown_;
    struct Meeting {
        TimePoint began;
        bool first = true;
        bool over = false;
    };
    std::map<std::string, Meeting> meetings_;  // with servers that had no catalogue, the last one with each
    std::set<std::string> reported_;           // what was dropped, once
};

// The task id of one server's as clients of many see it, and back. JSON texts of strings.
std::string task_id_of_many(std::string_view server, std::string_view task_id);
std::optional<Destination> server_of_task(std::string_view shown_id);

}  // namespace agenthub
