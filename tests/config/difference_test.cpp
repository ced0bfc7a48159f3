#include "config/difference.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

using Names = std::vector<std::string>;

ServerConfig server(const std::string& name) {
    ServerConfig config;
    config.name = name;
    config.command = "program-of-" + name;
    return config;
}

Config config_of(std::vector<ServerConfig> servers) {
    Config config;
    config.servers = std::move(servers);
    return config;
}

ConfigDifference after(const std::function<void(ServerConfig&)>& change) {
    ServerConfig changed = server("a");
    change(changed);
    return difference(config_of({server("a")}), config_of({changed}));
}

TEST(Difference, of_a_configuration_to_itself_is_empty) {
    const Config config = parsed(R"({"mcpServers": {"a": {"command": "x"}}, "log": {"level": "debug"}})");
    EXPECT_TRUE(difference(config, config).empty());
}

TEST(Difference, names_added_and_removed_servers_and_leaves_the_others_alone) {
    const auto found = difference(config_of({server("a"), server("b"), server("c")}),
                                  config_of({server("d"), server("b"), server("e")}));
    ConfigDifference expected;
    expected.added = {"d", "e"};
    expected.removed = {"a", "c"};
    EXPECT_EQ(found, expected);
}

TEST(Difference, another_order_of_the_servers_changes_nothing) {
    EXPECT_TRUE(difference(config_of({server("a"), server("b")}), config_of({server("b"), server("a")})).empty());
}

TEST(Difference, whatever_a_process_is_made_of_makes_a_server_changed) {
    ConfigDifference expected;
    expected.changed = {"a"};
    EXPECT_EQ(after([](auto& s) { s.command = "other"; }), expected);
    EXPECT_EQ(after([](auto& s) { s.args = {"more"}; }), expected);
    EXPECT_EQ(after([](auto& s) { s.env = {{"NAME", "value"}}; }), expected);
    EXPECT_EQ(after([](auto& s) { s.cwd = "/tmp"; }), expected);
    EXPECT_EQ(after([](auto& s) { s.url = "http://x"; }), expected);
    EXPECT_EQ(after([](auto& s) { s.transport = "http"; }), expected);
    EXPECT_EQ(after([](auto& s) { s.limits.process.nofile = 64; }), expected);
    EXPECT_EQ(after([](auto& s) { s.limits.process.core = 0; }), expected);
    EXPECT_EQ(after([](auto& s) { s.limits.process.as = 1 << 30; }), expected);
    EXPECT_EQ(after([](auto& s) { s.limits.cgroup.memory_max = 1 << 30; }), expected);
    EXPECT_EQ(after([](auto& s) { s.limits.cgroup.pids_max = 64; }), expected);
    EXPECT_EQ(after([](auto& s) { s.limits.cgroup.cpu_weight = 50; }), expected);
    EXPECT_EQ(after([](auto& s) { s.disabled_reason = "switched off"; }), expected);
}

TEST(Difference, what_a_process_does_not_know_of_makes_a_server_updated) {
    ConfigDifference expected;
    expected.updated = {"a"};
    EXPECT_EQ(after([](auto& s) { s.description = "other"; }), expected);
    EXPECT_EQ(after([](auto& s) { s.package = "other"; }), expected);
    EXPECT_EQ(after([](auto& s) { s.auto_start = true; }), expected);
    EXPECT_EQ(after([](auto& s) { s.restart_on_failure = false; }), expected);
    EXPECT_EQ(after([](auto& s) { s.max_restarts = 4; }), expected);
    EXPECT_EQ(after([](auto& s) { s.health_check_interval = Duration(1); }), expected);
    EXPECT_EQ(after([](auto& s) { s.health_check_timeout = Duration(1); }), expected);
    EXPECT_EQ(after([](auto& s) { s.health_check_failures = 1; }), expected);
    EXPECT_EQ(after([](auto& s) { s.health_check.method = "tools/list"; }), expected);
    EXPECT_EQ(after([](auto& s) { s.call_timeout = Duration(1); }), expected);
    EXPECT_EQ(after([](auto& s) { s.max_call_time = Duration(1); }), expected);
    EXPECT_EQ(after([](auto& s) { s.start_timeout = Duration(1); }), expected);
    EXPECT_EQ(after([](auto& s) { s.stop_timeout = Duration(1); }), expected);
    EXPECT_EQ(after([](auto& s) { s.written = AsWritten{"${PROGRAM}", {}, ""}; }), expected);
}

TEST(Difference, another_isolation_needs_other_processes) {
    ConfigDifference expected;
    expected.changed = {"a"};
    EXPECT_EQ(after([](auto& s) { s.isolation = Isolation::session; }), expected);
}

TEST(Difference, a_fingerprint_tells_what_processes_are_made_of) {
    const ServerConfig plain = server("a");
    const auto other = [&plain](auto change) {
        ServerConfig changed = plain;
        change(changed);
        return process_fingerprint(changed) != process_fingerprint(plain);
    };
    EXPECT_TRUE(other([](auto& s) { s.command = "other"; }));
    EXPECT_TRUE(other([](auto& s) { s.args = {"one", "two"}; }));
    EXPECT_TRUE(other([](auto& s) { s.env = {{"K", "v"}}; }));
    EXPECT_TRUE(other([](auto& s) { s.cwd = "/srv"; }));
    EXPECT_FALSE(other([](auto& s) { s.description = "other"; }));
    EXPECT_FALSE(other([](auto& s) { s.isolation = Isolation::session; }));
    ServerConfig joined = plain;
    joined.args = {"ab"};
    ServerConfig apart = plain;
    apart.args = {"a", "b"};
    EXPECT_NE(process_fingerprint(joined), process_fingerprint(apart));
}

TEST(Difference, a_secret_with_another_value_needs_a_new_process) {
    const auto text = R"({"mcpServers": {"a": {"command": "x", "env": {"T": {"source": "env", "key": "TOKEN"}}}}})";
    const Config running = parsed(text, fixed_environment({{"TOKEN", "one"}}));
    const Config wanted = parsed(text, fixed_environment({{"TOKEN", "two"}}));
    EXPECT_EQ(difference(running, wanted).changed, Names{"a"});
}

TEST(Difference, another_reason_for_being_disabled_needs_no_process) {
    ServerConfig before = server("a");
    before.disabled_reason = "one";
    ServerConfig now = server("a");
    now.disabled_reason = "two";
    EXPECT_FALSE(needs_new_process(before, now));
}

TEST(Difference, tells_settings_that_hold_at_once_from_those_of_the_next_start) {
    const Config running = parsed("{}");
    const Config wanted = parsed(R"({
        "listen": "127.0.0.1:1", "state_dir": "/s", "cgroup": "off", "watch": true,
        "allowed_origins": ["https://a"], "allowed_hosts": ["b"],
        "limits": {"body_bytes": 2048, "line_bytes": 2048, "header_bytes": 2048, "connections": 2, "sessions": 2,
                   "pending_per_server": 2, "session_idle": 2, "replay_bytes": 2, "streams_per_session": 2,
                   "stream_queue_bytes": 2048, "header_timeout": 2, "body_timeout": 2, "keep_alive": 2,
                   "drain_timeout": 2, "poll_after": 2},
        "activity": {"queue": 2, "batch_ms": 2, "retention_days": 2, "max_bytes": 2097152, "mode": "strict"},
        "audit": {"queue": 2, "alerts": 2},
        "log": {"level": "debug", "format": "json"}})");
    const auto found = difference(running, wanted);
    EXPECT_EQ(found.applied, (Names{"allowed_origins", "allowed_hosts", "log.level"}));
    EXPECT_EQ(found.next_start, (Names{"listen",
                                       "state_dir",
                                       "cgroup",
                                       "watch",
                                       "limits.body_bytes",
                                       "limits.line_bytes",
                                       "limits.header_bytes",
                                       "limits.connections",
                                       "limits.sessions",
                                       "limits.pending_per_server",
                                       "limits.session_idle",
                                       "limits.replay_bytes",
                                       "limits.streams_per_session",
                                       "limits.poll_after",
                                       "limits.stream_queue_bytes",
                                       "limits.header_timeout",
                                       "limits.body_timeout",
                                       "limits.keep_alive",
                                       "limits.drain_timeout",
                                       "activity.queue",
                                       "activity.batch_ms",
                                       "activity.retention_days",
                                       "activity.max_bytes",
                                       "activity.mode",
                                       "audit.queue",
                                       "audit.alerts",
                                       "log.format"}));
}

TEST(Difference, what_waits_for_the_next_start_is_told_again_and_the_rest_is_not) {
    const Config running = parsed("{}");
    const Config wanted = parsed(R"({"listen": "127.0.0.1:1", "watch": true, "limits": {"sessions": 2},
        "log": {"level": "debug", "format": "json"}, "activity": {"queue": 2}, "state_dir": "/s",
        "mcpServers": {"a": {"command": "x"}}, "allowed_hosts": ["b"]})");
    const ConfigDifference first = difference(running, wanted);
    const ConfigDifference second = difference(in_force_after(running, wanted), wanted);
    ConfigDifference expected;
    expected.next_start = first.next_start;
    EXPECT_EQ(second, expected);
    EXPECT_EQ(second.next_start.size(), 6U);
}

}  // namespace
}  // namespace agenthub
