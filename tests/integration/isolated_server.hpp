// A configuration whose hostile server is not shared, and which process serves whom.
// Functions without state; for the integration tests.

#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/integration/admin_http.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {

inline nlohmann::json isolated_config(const std::string& isolation, nlohmann::json more = nlohmann::json::object()) {
    auto config = hostile_config();
    config["mcpServers"]["hostile"]["isolation"] = isolation;
    for (const auto& [key, value] : more.items())
        config["mcpServers"]["hostile"][key] = value;
    return config;
}

// The process that serves this client.
inline pid_t server_of(McpClient& client) {
    return client.call("stats").result()["structuredContent"].value("pid", -1);
}

inline std::size_t instances(const Daemon& daemon) {
    return get(daemon, "/servers/hostile").at("instances").size();
}

// The daemon has noticed that the process is gone.
inline bool is_missed(const Daemon& daemon, pid_t pid) {
    const auto all = get(daemon, "/servers/hostile").at("instances");
    return std::none_of(all.begin(), all.end(), [pid](const auto& one) { return one.at("pid") == pid; });
}

// Calls that are past the gate: at a process, or waiting for one.
inline int calls_running(const Daemon& daemon) {
    return get(daemon, "/servers/hostile").at("calls").at("running");
}

}  // namespace agenthub::test
