#include "config/server_entry.hpp"

#include <gtest/gtest.h>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

TEST(ServerEntry, a_command_is_enough) {
    const ServerConfig server = parsed_server(R"({"command": "npx"})");
    ServerConfig expected;
    expected.name = "s";
    expected.command = "npx";
    expected.written = AsWritten{"npx", {}, ""};
    EXPECT_EQ(server, expected);
    EXPECT_FALSE(server.auto_start);
    EXPECT_TRUE(server.restart_on_failure);
    EXPECT_EQ(server.max_restarts, 3);
    EXPECT_EQ(server.health_check_interval, 30s);
    EXPECT_EQ(server.call_timeout, 60s);
    EXPECT_EQ(server.start_timeout, 60s);
    EXPECT_EQ(server.stop_timeout, 5s);
}

TEST(ServerEntry, every_field_is_read) {
    const ServerConfig server =
        parsed_server(R"({"command": "npx", "args": ["-y", "x"], "env": {"K": "v"}, "cwd": "/srv",
        "package": "@x/foo-mcp", "transport": "stdio", "url": "http://x", "description": "d", "auto_start": true,
        "restart_on_failure": false, "max_restarts": 7, "health_check_interval": 0, "call_timeout": "5m",
        "start_timeout": 1.5, "stop_timeout": "250ms", "max_concurrency": 4, "queue": 9, "queue_timeout": "2s",
        "isolation": "session", "max_instances": 5, "warm": 2, "session_grace": "10s", "idle_stop": "10m",
        "breaker_threshold": 5, "breaker_recovery": "1m", "disabled": false})");
    EXPECT_EQ(server.disabled_reason, "");
    EXPECT_EQ(server.args, (std::vector<std::string>{"-y", "x"}));
    EXPECT_EQ(server.env, (std::vector<EnvVar>{{"K", "v"}}));
    EXPECT_EQ(server.cwd, "/srv");
    EXPECT_EQ(server.package, "@x/foo-mcp");
    EXPECT_EQ(server.transport, "stdio");
    EXPECT_EQ(server.url, "http://x");
    EXPECT_EQ(server.description, "d");
    EXPECT_TRUE(server.auto_start);
    EXPECT_FALSE(server.restart_on_failure);
    EXPECT_EQ(server.max_restarts, 7);
    EXPECT_EQ(server.health_check_interval, 0s);
    EXPECT_EQ(server.call_timeout, 5min);
    EXPECT_EQ(server.start_timeout, 1500ms);
    EXPECT_EQ(server.stop_timeout, 250ms);
    EXPECT_EQ(server.max_concurrency, 4U);
    EXPECT_EQ(server.queue, 9U);
    EXPECT_EQ(server.queue_timeout, 2s);
    EXPECT_EQ(server.isolation, Isolation::session);
    EXPECT_EQ(server.max_instances, 5U);
    EXPECT_EQ(server.warm, 2U);
    EXPECT_EQ(server.session_grace, 10s);
    EXPECT_EQ(server.idle_stop, 10min);
    EXPECT_EQ(server.breaker_threshold, 5U);
    EXPECT_EQ(server.breaker_recovery, 1min);
}

TEST(ServerEntry, null_is_the_same_as_not_there) {
    const ServerConfig server = parsed_server(R"({"command": "c", "args": null, "env": null, "url": null, "cwd": null,
                                                  "proxy_timeout": null, "auto_start": null})");
    EXPECT_EQ(server.disabled_reason, "");
    EXPECT_EQ(server.call_timeout, 60s);
}

TEST(ServerEntry, proxy_timeout_is_the_older_name_of_call_timeout) {
    EXPECT_EQ(parsed_server(R"({"command": "c", "proxy_timeout": 180})").call_timeout, 180s);
    const Config both = parsed(R"({"servers": {"s": {"command": "c", "proxy_timeout": 180, "call_timeout": 5}}})");
    EXPECT_EQ(both.servers.front().call_timeout, 5s);
    EXPECT_EQ(texts_of(both.warnings),
              one("servers.s.proxy_timeout: ignored: \"call_timeout\" is set too, and is its newer name"));
}

TEST(ServerEntry, broken_entries_disable_one_server_and_warn) {
    const std::pair<const char*, const char*> cases[] = {
        {R"("npx")", "mcpServers.s: found \"npx\"; allowed: an object as {\"command\": \"npx\", \"args\": [...]}"},
        {R"({})", "mcpServers.s.command: no command; allowed: the program to run, as \"npx\""},
        {R"({"command": ""})", "mcpServers.s.command: no command; allowed: the program to run, as \"npx\""},
        {R"({"command": null})", "mcpServers.s.command: no command; allowed: the program to run, as \"npx\""},
        {R"({"command": ["npx"]})", "mcpServers.s.command: found a list; allowed: a string"},
        {R"({"command": "c", "args": "-y"})", "mcpServers.s.args: found a string; allowed: a list of strings"},
        {R"({"command": "c", "args": ["-p", 80]})", "mcpServers.s.args[1]: found 80; allowed: a string"},
        {R"({"command": "c", "args": ["a\u0000b"]})",
         "mcpServers.s.args[0]: found a zero character; allowed: a string without it"},
        {R"({"command": "c", "env": []})", "mcpServers.s.env: found a list; allowed: an object"},
        {R"({"command": "c", "env": "TOKEN=hunter2"})", "mcpServers.s.env: found a string; allowed: an object"},
        {R"({"command": "c", "env": 27182818})", "mcpServers.s.env: found a number; allowed: an object"},
        {R"({"command": "c", "cwd": "here"})", "mcpServers.s.cwd: found \"here\"; allowed: an absolute path"},
        {R"({"command": "c", "cwd": "~/x"})", "mcpServers.s.cwd: found \"~/x\"; allowed: an absolute path"},
        {R"({"command": "c", "auto_start": "yes"})", "mcpServers.s.auto_start: found \"yes\"; allowed: true or false"},
        {R"({"command": "c", "disabled": 1})", "mcpServers.s.disabled: found 1; allowed: true or false"},
        {R"({"command": "c", "max_restarts": 2.5})",
         "mcpServers.s.max_restarts: found 2.5; allowed: a whole number from 0 to 1000"},
        {R"({"command": "c", "type": "pipe"})",
         "mcpServers.s.type: found \"pipe\"; allowed: \"stdio\", \"http\", \"streamable-http\", \"streamableHttp\", "
         "\"sse\", \"ws\""},
        {R"({"command": "c", "type": "stdio", "transport": "http"})",
         "mcpServers.s.transport: found \"http\"; \"type\" says \"stdio\"; allowed: one of them"},
        {R"({"command": "${NONE}/x"})",
         "mcpServers.s.command: the variable NONE is not defined; set it where AgentHub is started, or write "
         "${NONE:-default}"},
        {R"({"command": "c", "args": ["a", "${NONE}"]})",
         "mcpServers.s.args[1]: the variable NONE is not defined; set it where AgentHub is started, or write "
         "${NONE:-default}"},
        {R"({"command": "c", "env": {"K": "${env:NONE}"}})",
         "mcpServers.s.env.K: the variable NONE is not defined; set it where AgentHub is started, or write "
         "${NONE:-default}"},
        {R"({"command": "c", "cwd": "${NONE}"})",
         "mcpServers.s.cwd: the variable NONE is not defined; set it where AgentHub is started, or write "
         "${NONE:-default}"},
    };
    for (const auto& [entry, reason] : cases) {
        const Config config =
            parsed(R"({"mcpServers": {"s": )" + std::string(entry) + R"(, "good": {"command": "c"}}})");
        ASSERT_EQ(config.servers.size(), 2U) << entry;
        EXPECT_EQ(config.servers[0].disabled_reason, reason);
        EXPECT_EQ(texts_of(config.warnings), one(reason));
        EXPECT_EQ(config.servers[1].disabled_reason, "") << entry;
    }
}

TEST(ServerEntry, several_faults_give_one_reason_and_as_many_warnings) {
    const Config config = parsed(R"({"mcpServers": {"s": {"command": 1, "args": 2, "cwd": 3}}})");
    EXPECT_EQ(config.servers.front().disabled_reason, "mcpServers.s.command: found 1; allowed: a string (and 2 more)");
    EXPECT_EQ(config.warnings.size(), 3U);
}

TEST(ServerEntry, variables_expand_in_command_args_env_and_cwd) {
    const Environment environment = fixed_environment({{"BIN", "/opt"}, {"TOKEN", "hunter2"}, {"HOME", "/home/u"}});
    const ServerConfig server = parsed_server(
        R"({"command": "${BIN}/run", "args": ["--token=${TOKEN}", "${X:-d}", "$HOME"], "env": {"T": "${env:TOKEN}"},
            "cwd": "${HOME}/w", "description": "${TOKEN}"})",
        environment);
    EXPECT_EQ(server.disabled_reason, "");
    EXPECT_EQ(server.command, "/opt/run");
    EXPECT_EQ(server.args, (std::vector<std::string>{"--token=hunter2", "d", "$HOME"}));
    EXPECT_EQ(server.env, (std::vector<EnvVar>{{"T", "hunter2"}}));
    EXPECT_EQ(server.cwd, "/home/u/w");
    EXPECT_EQ(server.description, "${TOKEN}") << "not a text that expands";
    EXPECT_EQ(server.written, (AsWritten{"${BIN}/run", {"--token=${TOKEN}", "${X:-d}", "$HOME"}, "${HOME}/w"}));
}

TEST(ServerEntry, an_expanded_cwd_must_be_absolute_and_is_not_shown) {
    const std::string reason = reason_of(R"({"command": "c", "cwd": "${D}"})", fixed_environment({{"D", "hunter2"}}));
    EXPECT_EQ(reason, "mcpServers.s.cwd: found \"${D}\"; allowed: an absolute path");
}

TEST(ServerEntry, values_that_only_an_editor_can_ask_for_are_a_warning) {
    const Config config = parsed(R"({"servers": {"s": {"command": "c", "args": ["${input:key}"]}}})");
    EXPECT_EQ(config.servers.front().args, one("${input:key}"));
    EXPECT_EQ(texts_of(config.warnings),
              one("servers.s.args[0]: \"${input:...}\" is passed as it stands: AgentHub cannot ask for values"));
}

TEST(ServerEntry, remote_servers_are_disabled_with_the_reason) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"url": "https://x/mcp"})", "http"},
        {R"({"type": "http", "url": "https://x/mcp", "headers": {"Authorization": "Bearer hunter2"}})", "http"},
        {R"({"type": "streamable-http", "url": "https://x/mcp"})", "http"},
        {R"({"type": "streamableHttp", "url": "https://x/mcp"})", "http"},
        {R"({"type": "sse", "url": "https://x/sse"})", "sse"},
        {R"({"type": "ws", "url": "wss://x"})", "ws"},
        {R"({"package": "p", "transport": "http", "url": "http://x", "health_endpoint": "/health"})", "http"},
    };
    for (const auto& [entry, transport] : cases) {
        const Config config = parsed(R"({"mcpServers": {"s": )" + std::string(entry) + "}}");
        ASSERT_EQ(config.servers.size(), 1U);
        EXPECT_EQ(config.servers[0].transport, transport) << entry;
        EXPECT_EQ(config.servers[0].disabled_reason, "mcpServers.s: remote servers (transport \"" +
                                                         std::string(transport) +
                                                         "\") are not served yet; only \"stdio\" servers run");
        EXPECT_EQ(config.warnings.size(), 1U) << entry;
    }
}

TEST(ServerEntry, a_command_beside_a_url_is_a_stdio_server) {
    EXPECT_EQ(reason_of(R"({"command": "c", "url": "http://x"})"), "");
}

TEST(ServerEntry, switched_off_is_no_warning_whatever_else_is_wrong) {
    const Config config = parsed(R"({"mcpServers": {"s": {"disabled": true, "args": ["${NONE}"]}}})");
    EXPECT_EQ(config.servers.front().disabled_reason, "switched off in the configuration (\"disabled\": true)");
    EXPECT_TRUE(config.warnings.empty());
}

TEST(ServerEntry, unknown_keys_are_warnings_with_a_suggestion) {
    const Config config = parsed(
        R"({"mcpServers": {"s": {"command": "c", "autoStart": true, "colour": 1, "_note": "x", "$schema": "y"}}})");
    EXPECT_EQ(config.servers.front().disabled_reason, "");
    EXPECT_EQ(texts_of(config.warnings),
              (std::vector<std::string>{"mcpServers.s.autoStart: unknown key, ignored; did you mean \"auto_start\"?",
                                        "mcpServers.s.colour: unknown key, ignored"}));
}

std::string reason_of_name(const std::string& name) {
    const Config config = parsed("{\"servers\": {\"" + name + "\": {\"command\": \"c\"}}}");
    return config.servers.size() == 1 ? config.servers.front().disabled_reason : "not one server";
}

TEST(ServerEntry, names_at_the_limit_and_beyond_it) {
    for (const std::string& name :
         {std::string("a"), std::string("A.b-c_9"), std::string("..."), std::string(kMaxServerName, 'n')})
        EXPECT_EQ(reason_of_name(name), "") << name;
    for (const std::string& name : {std::string(""), std::string("."), std::string(".."), std::string("a b"),
                                    std::string("a/b"), std::string("ü"), std::string(kMaxServerName + 1, 'n')})
        EXPECT_NE(reason_of_name(name).find("allowed: 1 to 64 of A-Z a-z 0-9 _ . -, but not \".\" or \"..\""),
                  std::string::npos)
            << name;
}

TEST(ServerEntry, the_name_hub_is_reserved) {
    EXPECT_EQ(reason_of_name("hub"),
              "servers.hub: the name \"hub\" belongs to the server that is built in; choose another");
    EXPECT_EQ(reason_of_name("Hub"), "");
}

TEST(ServerEntry, the_name_of_the_path_to_views_is_reserved) {
    EXPECT_NE(reason_of_name("view").find("/mcp/view/NAME"), std::string::npos);
    EXPECT_EQ(reason_of_name("views"), "");
}

}  // namespace
}  // namespace agenthub
