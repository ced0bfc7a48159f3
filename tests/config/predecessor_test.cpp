// The predecessor's files, as they are.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "config/load.hpp"
#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

std::string data(const std::string& name) {
    std::ifstream file(std::string(AGENTHUB_TEST_DATA) + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

const ServerConfig* server(const Config& config, const std::string& name) {
    for (const ServerConfig& one_of_them : config.servers)
        if (one_of_them.name == name)
            return &one_of_them;
    return nullptr;
}

TEST(Predecessor, its_file_of_servers_is_read_as_it_is) {
    const Config config = parsed(data("predecessor/mcp-servers.json"));
    ASSERT_EQ(config.servers.size(), 5U);
    for (const char* name : {"context7", "desktop-commander", "sequential-thinking"}) {
        ASSERT_NE(server(config, name), nullptr);
        EXPECT_EQ(server(config, name)->disabled_reason, "");
    }
    EXPECT_EQ(server(config, "desktop-commander")->env, (std::vector<EnvVar>{{"NODE_ENV", "production"}}));
    EXPECT_EQ(server(config, "sequential-thinking")->health_check_interval, 60s);
    EXPECT_EQ(server(config, "sequential-thinking")->max_restarts, 5);
    EXPECT_NE(
        server(config, "obsidian")->disabled_reason.find("OBSIDIAN_API_KEY: the keyring's entry \"obsidian_api_key\""),
        std::string::npos);
    EXPECT_NE(server(config, "remote-search")->disabled_reason.find("transport \"http\""), std::string::npos);
    for (const auto& warning : texts_of(config.warnings))
        EXPECT_EQ(warning.find("unknown key"), std::string::npos) << warning;
}

TEST(Predecessor, one_bad_entry_leaves_the_others_alone) {
    const Config config = parsed(data("successor/mcp-servers.json"));
    ASSERT_EQ(config.servers.size(), 3U);
    EXPECT_EQ(server(config, "memory")->disabled_reason, "") << "a package is not needed";
    EXPECT_EQ(server(config, "slow")->call_timeout, 180s);
    EXPECT_NE(server(config, "broken")->disabled_reason.find("transport: found \"pigeon\""), std::string::npos);
}

TEST(Predecessor, its_rules_may_be_the_configuration_file) {
    const Config config = parsed(data("predecessor/enhancement-rules.json"));
    EXPECT_TRUE(config.servers.empty());
    EXPECT_TRUE(config.enhancement.enabled);
    EXPECT_EQ(config.enhancement.fallback.model, "deepseek-r1:latest");
    ASSERT_EQ(config.enhancement.clients.size(), 5U);
    EXPECT_EQ(config.enhancement.clients[1].first, "claude-code");
    EXPECT_EQ(config.enhancement.clients[1].second.model, "qwen3-coder:latest");
    EXPECT_EQ(config.enhancement.clients[1].second.max_tokens, 500U) << "from the default";
    EXPECT_FALSE(config.enhancement.clients[4].second.enabled);
    EXPECT_EQ(config.enhancement.fallback_chain.size(), 3U);
    EXPECT_EQ(config.warnings, std::vector<Fault>());
    EXPECT_EQ(config.servers_file, "") << "no place for servers";
    EXPECT_EQ(parsed(data("successor/enhancement-rules.json")).warnings, std::vector<Fault>());
}

TEST(Predecessor, its_keys_may_be_the_configuration_file) {
    const Config config = parsed(data("successor/api-keys.json"));
    ASSERT_EQ(config.api_keys.size(), 2U);
    EXPECT_EQ(config.api_keys[0].client_name, "laptop");
    EXPECT_FALSE(config.api_keys[1].enhance);
    EXPECT_EQ(config.secrets, one("sk-agenthub-example-laptop"));
}

TEST(Predecessor, whatever_holds_something_of_our_own_is_our_own) {
    const Config config = parsed(R"({"mcpServers": {}, "clients": {}, "keys": {}})");
    EXPECT_FALSE(config.enhancement.enabled);
    EXPECT_TRUE(config.api_keys.empty());
    EXPECT_EQ(config.warnings.size(), 2U);
}

const Texts kNamed{{"MCP_SERVERS_CONFIG", "/p/servers.json"},
                   {"ENHANCEMENT_RULES_CONFIG", "/p/rules.json"},
                   {"API_KEYS_CONFIG", "/p/keys.json"}};

Texts files() {
    return {{"/p/servers.json", data("predecessor/mcp-servers.json")},
            {"/p/rules.json", data("predecessor/enhancement-rules.json")},
            {"/p/keys.json", data("successor/api-keys.json")}};
}

TEST(Predecessor, variables_name_its_files_which_are_added_to_our_own) {
    const Config config = parsed(R"({"mcpServers": {"own": {"command": "x"}, "context7": {"command": "y"}},
        "enhancement": {"default": {"model": "ours"}, "clients": {"raycast": {"max_tokens": 7}}}})",
                                 fixed_environment(kNamed, files()));
    EXPECT_EQ(config.servers.size(), 6U);
    EXPECT_EQ(config.servers[0].name, "own");
    EXPECT_EQ(server(config, "context7")->command, "y") << "our own file wins";
    EXPECT_EQ(config.enhancement.fallback.model, "ours");
    EXPECT_EQ(config.enhancement.fallback.temperature, 0.3);
    ASSERT_EQ(config.enhancement.clients.size(), 5U);
    EXPECT_EQ(config.enhancement.clients.back().first, "raycast");
    EXPECT_EQ(config.enhancement.clients.back().second.max_tokens, 7U);
    EXPECT_EQ(config.enhancement.clients.back().second.model, "ours");
    EXPECT_EQ(config.api_keys.size(), 2U);
    EXPECT_EQ(config.servers_file, "/p/servers.json");
    EXPECT_EQ(config.more_files, (std::vector<std::string>{"/p/servers.json", "/p/rules.json", "/p/keys.json"}));
    std::vector<std::string> ignored;
    for (const auto& warning : texts_of(config.warnings))
        if (warning.find("ignored") != std::string::npos)
            ignored.push_back(warning);
    EXPECT_EQ(ignored,
              one("/p/servers.json: servers.context7: ignored: the configuration file has a server of this name"));
}

TEST(Predecessor, the_same_file_named_twice_is_one) {
    const auto loaded =
        load_config("/p/servers.json", fixed_environment({{"MCP_SERVERS_CONFIG", "/p/servers.json"}}, files()));
    ASSERT_TRUE(loaded.has_value());
    EXPECT_EQ(loaded->servers.size(), 5U);
    for (const auto& warning : texts_of(loaded->warnings))
        EXPECT_EQ(warning.find("ignored"), std::string::npos) << warning;
}

TEST(Predecessor, a_missing_file_of_servers_is_an_empty_one_and_a_broken_one_refuses) {
    const Texts named{{"MCP_SERVERS_CONFIG", "/p/servers.json"}};
    const Config config = parsed("", fixed_environment(named));
    EXPECT_TRUE(config.servers.empty());
    EXPECT_EQ(config.servers_file, "/p/servers.json");
    const auto faults = faults_of("", fixed_environment(named, {{"/p/servers.json", "{\"servers\": {,}}"}}));
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0].find("/p/servers.json: line 1, column "), 0U) << faults[0];
    EXPECT_EQ(faults_of("", fixed_environment(named, {{"/p/servers.json", data("successor/api-keys.json")}})),
              one(R"(/p/servers.json: is no file of servers; allowed: an object as {"servers": {...}})"));
}

TEST(Predecessor, rules_that_are_missing_or_broken_cost_a_warning) {
    const Texts named{{"ENHANCEMENT_RULES_CONFIG", "/p/rules.json"}};
    const Config missing = parsed("", fixed_environment(named));
    EXPECT_EQ(texts_of(missing.warnings), one("/p/rules.json: does not exist; the built-in rules hold"));
    EXPECT_TRUE(missing.enhancement.enabled);
    EXPECT_EQ(missing.enhancement.fallback, EnhancementRule());
    const Config broken = parsed("", fixed_environment(named, {{"/p/rules.json", "{"}}));
    EXPECT_EQ(broken.warnings.size(), 1U);
    EXPECT_EQ(broken.enhancement.fallback, EnhancementRule());
    const Config partly = parsed(
        "",
        fixed_environment(
            named,
            {{"/p/rules.json",
              R"({"default": {"model": "m", "temperature": "hot"}, "clients": {"a": 1, "b": {}}, "fallback_chain": 1})"}}));
    EXPECT_EQ(partly.enhancement.fallback.model, "m");
    EXPECT_EQ(partly.enhancement.fallback.temperature, 0.3);
    ASSERT_EQ(partly.enhancement.clients.size(), 1U);
    EXPECT_EQ(partly.warnings.size(), 3U);
    EXPECT_EQ(partly.warnings[0].text(),
              "/p/rules.json: default.temperature: found \"hot\"; allowed: a number from 0.0 to 2.0; left out");
}

}  // namespace
}  // namespace agenthub
