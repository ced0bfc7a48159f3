#include "enhance/prompt_rules.hpp"

#include <gtest/gtest.h>

#include <set>

namespace agenthub {
namespace {

EnhancementConfig two_clients() {
    EnhancementConfig config;
    config.fallback.model = "small";
    EnhancementRule code;
    code.model = "coder";
    config.clients = {{"claude-code", code}, {"vscode", {}}};
    return config;
}

TEST(PromptRules, a_client_has_its_own_rule_and_everybody_else_the_default) {
    const auto config = two_clients();
    EXPECT_EQ(rule_of(config, "claude-code").model, "coder");
    EXPECT_EQ(rule_of(config, "somebody").model, "small");
    EXPECT_EQ(rule_of(config, "").model, "small");
    EXPECT_EQ(rule_of(config, "Claude-Code").model, "small");
    EXPECT_TRUE(has_rule(config, "vscode"));
    EXPECT_FALSE(has_rule(config, "somebody"));
}

TEST(PromptRules, the_chain_follows_the_rules_model_up_to_its_null) {
    auto config = two_clients();
    using Models = std::vector<std::string>;
    EXPECT_EQ(models_of(config, rule_of(config, "claude-code"), "usual"), Models({"coder"}));
    EXPECT_EQ(models_of(config, rule_of(config, "vscode"), "usual"), Models({"usual"}));
    config.fallback_chain = {"small", "coder", "small", std::nullopt, "never"};
    EXPECT_EQ(models_of(config, rule_of(config, "claude-code"), "usual"), Models({"coder", "small"}));
    EXPECT_EQ(models_of(config, config.fallback, "usual"), Models({"small", "coder"}));
    config.fallback_chain = {std::nullopt};
    EXPECT_EQ(models_of(config, config.fallback, "usual"), Models({"small"}));
}

TEST(PromptRules, globs_choose_tools_by_server_and_name) {
    EnhancementRule rule;
    EXPECT_FALSE(covers(rule, "search", "web"));
    rule.tools = {"search/*", "*/ask"};
    EXPECT_TRUE(covers(rule, "search", "web"));
    EXPECT_TRUE(covers(rule, "docs", "ask"));
    EXPECT_FALSE(covers(rule, "docs", "web"));
    EXPECT_FALSE(covers(rule, "research", "web"));
    rule.enabled = false;
    EXPECT_FALSE(covers(rule, "search", "web"));
}

TEST(PromptRules, the_key_knows_prompt_client_model_system_prompt_and_options) {
    EnhancementRule rule;
    std::set<std::string> keys;
    const auto add = [&keys](std::string_view client, const EnhancementRule& r, std::string_view model,
                             std::string_view prompt) { keys.insert(key_of(scope_of(client, r, model), prompt)); };
    add("a", rule, "m", "p");
    add("a", rule, "m", "p");
    EXPECT_EQ(keys.size(), 1U);
    add("b", rule, "m", "p");
    add("a", rule, "n", "p");
    add("a", rule, "m", "q");
    EnhancementRule other = rule;
    other.system_prompt = "Be brief.";
    add("a", other, "m", "p");
    other = rule;
    other.temperature = 0.4;
    add("a", other, "m", "p");
    other = rule;
    other.max_tokens = 501;
    add("a", other, "m", "p");
    EXPECT_EQ(keys.size(), 7U);
    EXPECT_EQ(keys.begin()->size(), 64U);
}

TEST(PromptRules, two_texts_never_make_the_key_of_two_others) {
    EnhancementRule rule;
    rule.system_prompt = "";
    EXPECT_NE(scope_of("1:a", rule, "b"), scope_of("1", rule, "a1:b"));
    EXPECT_NE(scope_of("ab", rule, ""), scope_of("a", rule, "b"));
}

TEST(PromptRules, an_answer_is_a_prompt_without_blanks_and_thoughts) {
    EXPECT_EQ(prompt_in("  Write a test.\n"), "Write a test.");
    EXPECT_EQ(prompt_in("<think>Hm.\nWhat does he want?</think>\n\nWrite a test."), "Write a test.");
    EXPECT_EQ(prompt_in("Explain <think> tags."), "Explain <think> tags.");
    EXPECT_EQ(prompt_in("<think>Hm"), "");
    EXPECT_EQ(prompt_in("<think>Hm</think> \n"), "");
    EXPECT_EQ(prompt_in(" \r\n\t"), "");
}

}  // namespace
}  // namespace agenthub
