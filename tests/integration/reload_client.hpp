// Asks a daemon to reload, and what has become of its servers.
// Functions without state; for the integration tests.

#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/integration/admin_http.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {

struct Answer {
    int status = 0;
    nlohmann::json body;
};

inline Answer reload(const Daemon& daemon) {
    httplib::Client http("127.0.0.1", daemon.port());
    const auto reply = http.Post("/admin/reload");
    return reply ? Answer{reply->status, nlohmann::json::parse(reply->body, nullptr, false)} : Answer{};
}

// -1 while there is no process.
inline pid_t pid_of(const Daemon& daemon, const std::string& server) {
    const nlohmann::json process = process_of(daemon, server);
    return process.is_object() && process["pid"].is_number() ? process["pid"].get<pid_t>() : -1;
}

inline nlohmann::json two_servers() {
    return {{"mcpServers", {{"stays", hostile()}, {"other", hostile()}}}};
}

inline bool has_called(McpClient& client, int calls) {
    return client.call("stats").result()["structuredContent"]["requests"].value("tools/call", 0) >= calls;
}

}  // namespace agenthub::test
