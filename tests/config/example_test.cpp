// The example that ships with AgentHub, config/agenthub.json, is what its comments say it is.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "config/parse.hpp"
#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

std::string example() {
    std::ifstream file(AGENTHUB_EXAMPLE_CONFIG, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// The text with every commented-out setting, a line as `// "key": ...` or `// }`, put in force.
std::string with_settings_uncommented(const std::string& text) {
    std::istringstream lines(text);
    std::string out;
    for (std::string line; std::getline(lines, line);) {
        const std::size_t mark = line.find("// ");
        const bool whole_line = mark != std::string::npos && line.find_first_not_of(' ') == mark;
        const std::size_t start = whole_line ? line.find_first_not_of(' ', mark + 3) : std::string::npos;
        if (start != std::string::npos && (line[start] == '"' || line[start] == '}'))
            line.erase(mark, 3);
        out += line + "\n";
    }
    return out;
}

Environment with_keys() {
    return fixed_environment({}, {{"/etc/agenthub/api-keys.json", R"({"keys": {"a-token": {}}})"}});
}

TEST(Example, as_it_ships_it_gives_the_defaults) {
    ASSERT_FALSE(example().empty());
    EXPECT_EQ(parsed(example()), parsed(""));
}

TEST(Example, every_commented_setting_is_valid) {
    const std::string text = with_settings_uncommented(example());
    ASSERT_NE(text, example());
    const Config config = parsed(text, with_keys());
    EXPECT_EQ(config.api_keys.size(), 1U);
    EXPECT_EQ(config.ollama.ca_file, "/etc/ssl/own-ca.pem");
    EXPECT_EQ(texts_of(config.warnings), std::vector<std::string>{});
    ASSERT_EQ(config.servers.size(), 1U);
    EXPECT_EQ(config.servers.front().disabled_reason, "") << "it runs as soon as its comments are removed";
    EXPECT_EQ(config.state_dir, "/var/lib/agenthub");
    EXPECT_EQ(config.views.size(), 1U);
}

TEST(Example, the_values_in_comments_are_the_defaults) {
    const Config config = parsed(with_settings_uncommented(example()), with_keys());
    const Config defaults = parsed("");
    OllamaConfig ollama = config.ollama;
    ollama.ca_file = ollama.api_key = "";
    EXPECT_EQ(ollama, defaults.ollama);
    EnhancementConfig enhancement = config.enhancement;
    EXPECT_TRUE(std::exchange(enhancement.enabled, false));
    EXPECT_EQ(enhancement, defaults.enhancement);
    EXPECT_EQ(config.listen, defaults.listen);
    EXPECT_EQ(config.aggregate, defaults.aggregate);
    EXPECT_EQ(config.limits, defaults.limits);
    EXPECT_EQ(config.activity, defaults.activity);
    EXPECT_EQ(config.log, defaults.log);
    EXPECT_EQ(config.watch, defaults.watch);
    ASSERT_FALSE(config.servers.empty());
    ServerConfig plain;
    ServerConfig shown = config.servers.front();
    shown.name = shown.command = shown.cwd = shown.description = "";
    shown.args.clear();
    shown.env.clear();
    shown.written.reset();
    EXPECT_EQ(shown, plain);
}

TEST(Example, every_key_is_explained) {
    for (const char* key : {"listen",
                            "state_dir",
                            "cgroup",
                            "mcpServers",
                            "servers",
                            "command",
                            "args",
                            "env",
                            "cwd",
                            "source",
                            "disabled",
                            "package",
                            "transport",
                            "type",
                            "description",
                            "auto_start",
                            "restart_on_failure",
                            "max_restarts",
                            "health_check_interval",
                            "health_check_timeout",
                            "health_check_failures",
                            "health_check",
                            "call_timeout",
                            "max_call_time",
                            "proxy_timeout",
                            "start_timeout",
                            "stop_timeout",
                            "isolation",
                            "max_instances",
                            "warm",
                            "session_grace",
                            "idle_stop",
                            "max_concurrency",
                            "queue_timeout",
                            "breaker_threshold",
                            "breaker_recovery",
                            "rlimits",
                            "nofile",
                            "core",
                            "as",
                            "memory_max",
                            "pids_max",
                            "cpu_weight",
                            "aggregate",
                            "enabled",
                            "prefix",
                            "page_size",
                            "views",
                            "tools",
                            "rename",
                            "describe",
                            "keyring",
                            "credential",
                            "ollama",
                            "url",
                            "ca_file",
                            "api_key",
                            "api",
                            "model",
                            "connect_timeout",
                            "timeout",
                            "stream_timeout",
                            "stream_buffer_bytes",
                            "enhancement",
                            "default",
                            "system_prompt",
                            "temperature",
                            "max_tokens",
                            "budget",
                            "enhance",
                            "chat",
                            "clients",
                            "fallback_chain",
                            "max_body_bytes",
                            "cache",
                            "max_entries",
                            "ttl",
                            "persistent",
                            "semantic",
                            "embedding_model",
                            "similarity",
                            "api_keys_file",
                            "limits",
                            "body_bytes",
                            "line_bytes",
                            "header_bytes",
                            "connections",
                            "sessions",
                            "pending_per_server",
                            "session_idle",
                            "replay_bytes",
                            "streams_per_session",
                            "poll_after",
                            "activity_streams",
                            "hook_processes",
                            "rights",
                            "rules",
                            "hooks",
                            "stream_queue_bytes",
                            "header_timeout",
                            "body_timeout",
                            "keep_alive",
                            "drain_timeout",
                            "allowed_origins",
                            "allowed_hosts",
                            "activity",
                            "queue",
                            "batch_ms",
                            "retention_days",
                            "max_bytes",
                            "mode",
                            "audit",
                            "alerts",
                            "log",
                            "level",
                            "format",
                            "watch"})
        EXPECT_NE(example().find("\"" + std::string(key) + "\""), std::string::npos) << key;
}

}  // namespace
}  // namespace agenthub
