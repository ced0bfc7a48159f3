#include "config/parse.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

TEST(Parse, an_empty_text_gives_the_defaults) {
    Config defaults;
    defaults.listen.emplace_back();
    for (const char* text : {"", "  \n", "// nothing\n", "{}"})
        EXPECT_EQ(parsed(text), defaults) << text;
    EXPECT_EQ(defaults.limits.body_bytes, 16777216U);
    EXPECT_EQ(defaults.limits.line_bytes, 67108864U);
    EXPECT_EQ(defaults.limits.header_bytes, 16384U);
    EXPECT_EQ(defaults.activity.max_bytes, 536870912U);
}

TEST(Parse, a_file_as_claude_and_cursor_write_it) {
    const Config config = parsed(R"({"mcpServers": {
        "filesystem": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "/srv"]},
        "github": {"type": "stdio", "command": "docker", "args": ["run"], "env": {"TOKEN": "t"}}}})");
    ASSERT_EQ(config.servers.size(), 2U);
    EXPECT_EQ(config.servers[0].name, "filesystem");
    EXPECT_EQ(config.servers[1].name, "github");
    EXPECT_TRUE(config.warnings.empty());
}

TEST(Parse, a_file_as_vs_code_writes_it) {
    const Config config =
        parsed(R"({"servers": {"memory": {"type": "stdio", "command": "npx", "args": ["-y", "m"]}}})");
    EXPECT_EQ(config.servers.front().disabled_reason, "");
    EXPECT_TRUE(config.warnings.empty());
}

TEST(Parse, a_file_of_the_older_agenthub) {
    const Config config = parsed(R"({"servers": {
        "context7": {"_comment": "docs", "package": "@upstash/context7-mcp", "transport": "stdio", "command": "npx",
                     "args": ["-y", "@upstash/context7-mcp"], "env": {"_note": "x"}, "auto_start": true,
                     "restart_on_failure": true, "max_restarts": 3, "health_check_interval": 30, "description": "d"},
        "vault": {"package": "v", "transport": "stdio", "command": "v",
                  "env": {"KEY": {"source": "keyring", "service": "s", "key": "k"}}}}})");
    ASSERT_EQ(config.servers.size(), 2U);
    EXPECT_EQ(config.servers[0].disabled_reason, "");
    EXPECT_TRUE(
        config.servers[1].disabled_reason.starts_with("servers.vault.env.KEY: the keyring's entry \"k\" of the service "
                                                      "\"s\" cannot be had: "))
        << config.servers[1].disabled_reason;
}

TEST(Parse, servers_keep_the_order_of_the_file_across_both_objects) {
    const Config config = parsed(R"({"servers": {"z": {"command": "c"}, "a": {"command": "c"}},
                                     "mcpServers": {"m": {"command": "c"}}})");
    ASSERT_EQ(config.servers.size(), 3U);
    EXPECT_EQ(config.servers[0].name, "z");
    EXPECT_EQ(config.servers[1].name, "a");
    EXPECT_EQ(config.servers[2].name, "m");
}

TEST(Parse, the_same_name_in_both_objects_refuses) {
    EXPECT_EQ(faults_of(R"({"mcpServers": {"a": {"command": "c"}}, "servers": {"a": {"command": "d"}}})"),
              one("servers.a: the server \"a\" stands in \"mcpServers\" and in \"servers\"; allowed: one of them"));
}

TEST(Parse, a_server_twice_in_one_object_is_a_warning_and_the_last_counts) {
    const Config config = parsed(R"({"mcpServers": {"a": {"command": "c"}, "a": {"command": "d"}}})");
    ASSERT_EQ(config.servers.size(), 1U);
    EXPECT_EQ(config.servers.front().command, "d");
    EXPECT_EQ(texts_of(config.warnings),
              one("mcpServers.a: this key stands here more than once; the last value counts"));
}

TEST(Parse, names_with_an_underscore_are_comments) {
    const Config config = parsed(R"({"_a": 1, "servers": {"_comment": "x", "_off": {"command": "c"}}})");
    EXPECT_TRUE(config.servers.empty());
    EXPECT_EQ(texts_of(config.warnings), one("servers._off: not a server: keys that start with \"_\" are comments"));
}

TEST(Parse, servers_must_be_an_object) {
    EXPECT_EQ(faults_of(R"({"servers": [{"name": "a"}]})"), one("servers: found a list; allowed: an object"));
    EXPECT_EQ(faults_of(R"({"mcpServers": null})"), one("mcpServers: found null; allowed: an object"));
}

TEST(Parse, the_document_must_be_an_object) {
    EXPECT_EQ(faults_of("[]"), one("found a list; allowed: an object as {\"mcpServers\": {...}}"));
    EXPECT_EQ(faults_of("7"), one("found 7; allowed: an object as {\"mcpServers\": {...}}"));
}

TEST(Parse, unknown_keys_anywhere_are_warnings) {
    EXPECT_EQ(texts_of(parsed(R"({"$schema": "x", "_note": 1, "lisen": 1, "server": {}, "inputs": [], "x y": 1,
                                  "limits": {"bodyBytes": 1}, "activity": {"zzz": 1}, "log": {"levels": 1}})")
                           .warnings),
              (std::vector<std::string>{
                  "limits.bodyBytes: unknown key, ignored; did you mean \"body_bytes\"?",
                  "activity.zzz: unknown key, ignored",
                  "log.levels: unknown key, ignored; did you mean \"level\"?",
                  "lisen: unknown key, ignored; did you mean \"listen\"?",
                  "server: unknown key, ignored; did you mean \"servers\"?",
                  "inputs: unknown key, ignored",
                  "[\"x y\"]: unknown key, ignored",
              }));
}

TEST(Parse, unknown_keys_suggest_sections_that_are_not_in_the_file) {
    EXPECT_EQ(texts_of(parsed(R"({"mcpservers": {}})").warnings),
              one("mcpservers: unknown key, ignored; did you mean \"mcpServers\"?"));
}

TEST(Parse, a_syntax_error_refuses_with_its_place) {
    EXPECT_EQ(faults_of("{\n  \"listen\": \"127.0.0.1:1\",\n}").size(), 1U);
    EXPECT_EQ(faults_of("{\n  \"listen\": \"127.0.0.1:1\",\n}").front().find("line 3, column 1: "), 0U);
}

TEST(Parse, a_refusal_reads_as_a_list_with_advice) {
    const auto refused = parse_config(R"({"log": 1, "limits": 2})", fixed_environment());
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().text(),
              "the configuration is refused:\n"
              "  limits: found 2; allowed: an object\n"
              "  log: found 1; allowed: an object\n"
              "Correct this and try again; `agenthub check-config` shows what would run.");
    EXPECT_THROW(static_cast<void>(refused.value()), std::logic_error);
}

}  // namespace
}  // namespace agenthub
