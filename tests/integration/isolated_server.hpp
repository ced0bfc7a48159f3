// A configuration whose hostile server is not shared, and which process serves whom.
// Functions without state; for the integration tests.

#pragma once

#include <nlohmann/json.hpp>
#include <string>

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
    httplib::Client http("127.0.0.1", daemon.port());
    const auto reply = http.Get("/servers/hostile");
    return reply ? nlohmann::json::parse(reply->body)["instances"].size() : 99;
}

}  // namespace agenthub::test
