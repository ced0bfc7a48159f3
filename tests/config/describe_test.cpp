#include "config/describe.hpp"
#include "config/redacted.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

constexpr const char* kFull = R"({"listen": ["127.0.0.1:1", "unix:/run/a.sock"], "mcpServers": {
    "everything": {"command": "npx", "args": ["-y", "a b", "--key=${TOKEN}"],
                   "env": {"TOKEN": "${TOKEN}", "K": "hunter3"},
                   "cwd": "${HOME}", "package": "p", "description": "does it all", "auto_start": true,
                   "health_check_interval": 0, "call_timeout": "1500ms", "rlimits": {"nofile": 256, "core": 0},
                   "memory_max": 1073741824, "pids_max": 64, "cpu_weight": 50},
    "far": {"type": "http", "url": "https://user:hunter4@x/mcp?key=hunter5"}}})";

Config full() {
    return parsed(kFull, fixed_environment({{"TOKEN", "hunter2"}, {"HOME", "/home/u"}}));
}

TEST(Describe, says_what_would_run_server_by_server) {
    const std::string text = describe_config(full());
    EXPECT_EQ(text.substr(0, text.find("\naggregate:") + 1),
              "configuration: no file, defaults\n"
              "listen: 127.0.0.1:1, unix:/run/a.sock\n"
              "state_dir: default for this user\n"
              "cgroup: auto\n"
              "allowed_origins: none\n"
              "allowed_hosts: none\n"
              "servers: 2, 1 enabled\n"
              "  everything\n"
              "    transport: stdio\n"
              "    command: npx -y \"a b\" --key=${TOKEN}\n"
              "    package: p\n"
              "    description: \"does it all\"\n"
              "    env: TOKEN, K (values hidden)\n"
              "    cwd: ${HOME}\n"
              "    auto_start: true\n"
              "    restart_on_failure: true\n"
              "    max_restarts: 3\n"
              "    health_check_interval: off\n"
              "    health_check_timeout: 10s\n"
              "    health_check_failures: 3\n"
              "    health_check: ping\n"
              "    call_timeout: 1500ms\n"
              "    max_call_time: 3600s\n"
              "    start_timeout: 60s\n"
              "    stop_timeout: 5s\n"
              "    era: auto\n"
              "    isolation: shared\n"
              "    session_grace: 300s\n"
              "    idle_stop: never\n"
              "    max_concurrency: any\n"
              "    queue: 256\n"
              "    queue_timeout: 30s\n"
              "    breaker_threshold: 3\n"
              "    breaker_recovery: 30s\n"
              "    rlimits: nofile 256, core 0\n"
              "    memory_max: 1073741824\n"
              "    pids_max: 64\n"
              "    cpu_weight: 50\n"
              "  far (disabled)\n"
              "    disabled: mcpServers.far: remote servers (transport \"http\") are not served yet; only \"stdio\" "
              "servers run\n"
              "    transport: http\n"
              "    url: https://***@x/mcp?***\n"
              "    env: none\n"
              "    cwd: that of AgentHub\n"
              "    auto_start: false\n"
              "    restart_on_failure: true\n"
              "    max_restarts: 3\n"
              "    health_check_interval: 30s\n"
              "    health_check_timeout: 10s\n"
              "    health_check_failures: 3\n"
              "    health_check: ping\n"
              "    call_timeout: 60s\n"
              "    max_call_time: 3600s\n"
              "    start_timeout: 60s\n"
              "    stop_timeout: 5s\n"
              "    era: auto\n"
              "    isolation: shared\n"
              "    session_grace: 300s\n"
              "    idle_stop: never\n"
              "    max_concurrency: any\n"
              "    queue: 256\n"
              "    queue_timeout: 30s\n"
              "    breaker_threshold: 3\n"
              "    breaker_recovery: 30s\n"
              "    rlimits: those of AgentHub\n"
              "    memory_max: none\n"
              "    pids_max: none\n"
              "    cpu_weight: that of everybody\n");
}

TEST(Describe, shows_every_default_and_every_warning) {
    Config config = full();
    config.source_path = "/etc/agenthub/agenthub.json";
    config.state_dir = "/var/lib/agenthub";
    const std::string text = describe_config(config);
    EXPECT_EQ(text.find("configuration: /etc/agenthub/agenthub.json\n"), 0U);
    EXPECT_NE(text.find("\nstate_dir: /var/lib/agenthub\n"), std::string::npos);
    EXPECT_EQ(text.substr(text.find("\nlimits:") + 1),
              "limits:\n"
              "  body_bytes: 16777216\n"
              "  line_bytes: 67108864\n"
              "  header_bytes: 16384\n"
              "  connections: 4096\n"
              "  sessions: 10000\n"
              "  pending_per_server: 1024\n"
              "  session_idle: 3600s\n"
              "  replay_bytes: 1048576\n"
              "  streams_per_session: 8\n"
              "  poll_after: 0s\n"
              "  batch_calls: 1000\n"
              "  batch_concurrency: 64\n"
              "  activity_streams: 16\n"
              "  hook_processes: 32\n"
              "  stream_queue_bytes: 1048576\n"
              "  parked_calls: 256\n"
              "  parked_time: 300s\n"
              "  header_timeout: 30s\n"
              "  body_timeout: 60s\n"
              "  keep_alive: 120s\n"
              "  drain_timeout: 10s\n"
              "activity:\n"
              "  queue: 65536\n"
              "  batch_ms: 50\n"
              "  retention_days: 30\n"
              "  max_bytes: 536870912\n"
              "  mode: relaxed\n"
              "audit:\n"
              "  queue: 4096\n"
              "  alerts: 1000\n"
              "log:\n"
              "  level: info\n"
              "  format: text\n"
              "watch: false\n"
              "warnings: 1\n"
              "  mcpServers.far: remote servers (transport \"http\") are not served yet; only \"stdio\" servers run\n");
}

TEST(Describe, no_secret_leaves_by_text_or_by_json) {
    const Config config = full();
    std::string shown = describe_config(config);
    for (const ServerConfig& server : config.servers)
        shown += redacted_server_json(server).dump();
    EXPECT_EQ(config.servers.front().args.back(), "--key=hunter2");
    EXPECT_EQ(shown.find("hunter"), std::string::npos) << shown;
}

TEST(Describe, control_characters_do_not_reach_the_terminal) {
    const Config config =
        parsed("{\"servers\": {\"a\\u001b[2J\": {\"command\": \"c\\u001b\", \"args\": [\"\\n\", \"\"]}}}");
    const std::string text = describe_config(config);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_NE(text.find(R"(command: "c\u001b" "\n" "")"), std::string::npos) << text;
}

TEST(Describe, json_has_every_field) {
    EXPECT_EQ(redacted_server_json(full().servers.front()), nlohmann::json::parse(R"({
        "package": "p", "transport": "stdio", "command": "npx", "args": ["-y", "a b", "--key=${TOKEN}"],
        "env": {"TOKEN": "***", "K": "***"}, "cwd": "${HOME}", "url": null, "description": "does it all",
        "auto_start": true, "restart_on_failure": true, "max_restarts": 3, "health_check_interval": 0,
        "health_check_timeout": 10, "health_check_failures": 3, "health_check": "ping",
        "call_timeout": 1.5, "proxy_timeout": 1.5, "max_call_time": 3600, "start_timeout": 60, "stop_timeout": 5,
        "era": "auto",
        "isolation": "shared", "max_instances": 16, "warm": 0, "session_grace": 300, "idle_stop": 0,
        "max_concurrency": 0, "queue": 256, "queue_timeout": 30, "breaker_threshold": 3, "breaker_recovery": 30,
        "rlimits": {"nofile": 256, "core": 0, "as": null}, "memory_max": 1073741824, "pids_max": 64, "cpu_weight": 50,
        "disabled_reason": null})"));
}

TEST(Describe, what_a_health_check_sends_is_not_shown) {
    const Config config = parsed(R"({"servers": {"s": {"command": "c", "max_call_time": 0, "health_check":
        {"method": "tools/call", "params": {"name": "status", "arguments": {"key": "hunter2"}}}}}})");
    EXPECT_EQ(redacted_server_json(config.servers.front())["health_check"], "tools/call");
    const std::string shown = describe_config(config) + redacted_server_json(config.servers.front()).dump();
    EXPECT_EQ(shown.find("hunter2"), std::string::npos);
    EXPECT_NE(shown.find("    health_check: tools/call\n"), std::string::npos) << shown;
    EXPECT_NE(shown.find("    max_call_time: any\n"), std::string::npos) << shown;
}

TEST(Describe, json_of_a_disabled_server_says_why) {
    const auto json = redacted_server_json(full().servers.back());
    EXPECT_TRUE(json["command"].is_null());
    EXPECT_EQ(json["url"], "https://***@x/mcp?***");
    EXPECT_NE(json["disabled_reason"].get<std::string>().find("not served yet"), std::string::npos);
}

TEST(Describe, a_server_not_read_from_a_file_is_shown_as_it_is) {
    ServerConfig server;
    server.command = "c";
    server.args = {"a"};
    EXPECT_EQ(redacted_server_json(server)["command"], "c");
    EXPECT_EQ(redacted_server_json(server)["args"], nlohmann::json::parse(R"(["a"])"));
}

TEST(Describe, credentials_in_urls_are_hidden) {
    const std::pair<const char*, const char*> cases[] = {
        {"https://x/mcp", "https://x/mcp"},
        {"https://x/@me", "https://x/@me"},
        {"https://x:1/a?b=c#d", "https://x:1/a?***"},
        {"https://u@x", "https://***@x"},
        {"u:p@x/a", "***@x/a"},
        {"https://x#token", "https://x?***"},
    };
    for (const auto& [url, shown] : cases) {
        ServerConfig server;
        server.url = url;
        EXPECT_EQ(redacted_server_json(server)["url"], shown);
    }
}

}  // namespace
}  // namespace agenthub
