#include "config/policy_section.hpp"

#include <gtest/gtest.h>

#include "config/describe.hpp"
#include "config/difference.hpp"
#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

using std::chrono::milliseconds;

std::vector<std::string> rights_faults(const std::string& rights) {
    return faults_of(R"({"rights": )" + rights + "}");
}

std::string hook(const std::string& run, const std::string& more = R"("on": "before")") {
    return R"({"hooks": [{)" + more + R"(, "run": )" + run + "}]}";
}

HookConfig one_hook(const std::string& run, const std::string& more = R"("on": "before")",
                    const Environment& environment = fixed_environment()) {
    const Config config = parsed(hook(run, more), environment);
    EXPECT_TRUE(config.warnings.empty());
    return config.hooks.empty() ? HookConfig() : config.hooks.front();
}

TEST(RightsSection, without_it_everything_is_allowed) {
    const RightsConfig rights = parsed("").rights;
    EXPECT_TRUE(rights.allow_others);
    EXPECT_TRUE(rights.rules.empty());
}

TEST(RightsSection, reaches_its_fields) {
    const RightsConfig rights = parsed(R"({"rights": {"_comment": "x", "default": "deny", "rules": [
        {"client": "ci", "server": "git*", "method": "tools/call", "tool": "create_*", "allow": true},
        {"allow": false}]}})")
                                    .rights;
    EXPECT_FALSE(rights.allow_others);
    ASSERT_EQ(rights.rules.size(), 2U);
    EXPECT_EQ(rights.rules[0], (RightConfig{"ci", "git*", "tools/call", "create_*", true}));
    EXPECT_EQ(rights.rules[1], (RightConfig{"*", "*", "*", "*", false}));
}

TEST(RightsSection, whatever_is_wrong_with_it_is_a_fault_so_that_no_rule_says_less_than_was_meant) {
    EXPECT_EQ(rights_faults(R"({"defualt": "deny"})").size(), 1U);
    EXPECT_EQ(rights_faults(R"({"default": "no"})").size(), 1U);
    EXPECT_EQ(rights_faults("[]").size(), 1U);
    EXPECT_EQ(rights_faults(R"({"rules": {}})"),
              one("rights.rules: found an object; allowed: a list of at most 10000"));
    EXPECT_EQ(rights_faults(R"({"rules": [{"client": "ci"}]})"),
              one("rights.rules[0].allow: is missing; allowed: true or false"));
    const auto typo = rights_faults(R"({"rules": [{"clinet": "ci", "allow": true}]})");
    ASSERT_EQ(typo.size(), 1U);
    EXPECT_EQ(typo[0].substr(0, 23), "rights.rules[0].clinet:") << typo[0];
    EXPECT_EQ(rights_faults(R"({"rules": [{"tool": "", "allow": true}]})").size(), 1U);
    EXPECT_EQ(rights_faults(R"({"rules": [true]})").size(), 1U);
}

TEST(RightsSection, has_so_many_rules_and_no_more) {
    const auto rules = [](std::size_t count) {
        std::string out = R"({"rules": [{"allow": true})";
        for (std::size_t i = 1; i < count; ++i)
            out += R"(,{"allow":true})";
        return out + "]}";
    };
    EXPECT_TRUE(rights_faults(rules(kMaxRights)).empty());
    EXPECT_EQ(rights_faults(rules(kMaxRights + 1)),
              one("rights.rules: found 10001 entries; allowed: a list of at most 10000"));
}

TEST(HooksSection, a_hook_has_defaults) {
    const HookConfig read = one_hook(R"({"builtin": "normalize"})");
    EXPECT_EQ(read.name, "hook-1");
    EXPECT_EQ(read.on, HookPoint::before);
    EXPECT_EQ(read.server, "*");
    EXPECT_EQ(read.method, "tools/call");
    EXPECT_EQ(read.tool, "*");
    EXPECT_EQ(read.timeout, milliseconds(2000));
    EXPECT_EQ(read.kind, HookKind::builtin);
}

TEST(HooksSection, reaches_its_fields) {
    const HookConfig read = one_hook(R"({"builtin": "redact", "keys": ["a"], "words": ["b*"], "replacement": "X"})",
                                     R"("name": "n", "on": "after", "server": "s", "method": "m", "tool": "t*",
                                        "timeout": "250ms")");
    EXPECT_EQ(read.name, "n");
    EXPECT_EQ(read.on, HookPoint::after);
    EXPECT_EQ(read.server, "s");
    EXPECT_EQ(read.method, "m");
    EXPECT_EQ(read.tool, "t*");
    EXPECT_EQ(read.timeout, milliseconds(250));
    EXPECT_EQ(read.options.keys, one("a"));
    EXPECT_EQ(read.options.words, one("b*"));
    EXPECT_EQ(read.options.replacement, "X");
}

TEST(HooksSection, built_in_hooks_have_options_of_their_own) {
    const auto rate = one_hook(R"({"builtin": "rate_limit", "calls": 5, "per": "1s", "burst": 2, "by": "tool",
                                   "max_entries": 7})")
                          .options;
    EXPECT_EQ(rate.calls, 5U);
    EXPECT_EQ(rate.per, milliseconds(1000));
    EXPECT_EQ(rate.burst, 2U);
    EXPECT_EQ(rate.by, RateKey::tool);
    EXPECT_EQ(rate.max_entries, 7U);
    const auto cache = one_hook(R"({"builtin": "cache", "ttl": "1s", "max_bytes": 2048, "every_tool": true,
                                    "shared": true})")
                           .options;
    EXPECT_EQ(cache.ttl, milliseconds(1000));
    EXPECT_EQ(cache.max_bytes, 2048U);
    EXPECT_TRUE(cache.every_tool);
    EXPECT_TRUE(cache.shared);
    const auto normal = one_hook(R"({"builtin": "normalize", "coerce": false, "defaults": false,
                                     "drop_unknown": true})")
                            .options;
    EXPECT_FALSE(normal.coerce);
    EXPECT_FALSE(normal.defaults);
    EXPECT_TRUE(normal.drop_unknown);
    const auto enhance = one_hook(R"({"builtin": "enhance", "argument": "q", "client": "c"})").options;
    EXPECT_EQ(enhance.argument, "q");
    EXPECT_EQ(enhance.client, "c");
}

TEST(HooksSection, an_option_of_another_hook_is_warned_about) {
    const Config config = parsed(hook(R"({"builtin": "normalize", "ttl": "1s"})"));
    ASSERT_EQ(config.warnings.size(), 1U);
    EXPECT_EQ(config.warnings[0].path, "hooks[0].run.ttl");
}

TEST(HooksSection, a_command_has_arguments_and_variables) {
    const Environment environment = fixed_environment({{"KEY_OF_CI", "hunter2hunter2"}});
    const HookConfig read = one_hook(R"({"command": ["check", "--x"], "env": {"TOKEN": "${KEY_OF_CI}", "N": 5}})",
                                     R"("on": "before")", environment);
    EXPECT_EQ(read.kind, HookKind::command);
    EXPECT_EQ(read.command, (std::vector<std::string>{"check", "--x"}));
    EXPECT_EQ(read.env, (std::vector<std::pair<std::string, std::string>>{{"TOKEN", "hunter2hunter2"}, {"N", "5"}}));
}

TEST(HooksSection, values_are_secrets_and_are_shown_nowhere) {
    const Environment environment = fixed_environment({{"KEY_OF_CI", "hunter2hunter2"}});
    const Config config = parsed(
        R"({"hooks": [{"name": "a", "on": "before", "run": {"command": ["check"], "env": {"TOKEN": "${KEY_OF_CI}"}}},
            {"name": "b", "on": "after", "run": {"http": "http://127.0.0.1:1/x",
             "headers": {"Authorization": "Bearer hunter3hunter3"}}}]})",
        environment);
    const auto has = [&](const char* secret) {
        return std::find(config.secrets.begin(), config.secrets.end(), secret) != config.secrets.end();
    };
    EXPECT_TRUE(has("hunter2hunter2"));
    EXPECT_TRUE(has("Bearer hunter3hunter3"));
    EXPECT_TRUE(has("hunter3hunter3"));
    const std::string text = describe_config(config);
    EXPECT_EQ(text.find("hunter"), std::string::npos);
    EXPECT_NE(text.find("env: \"TOKEN\" (values hidden)"), std::string::npos) << text;
    EXPECT_NE(text.find("headers: \"Authorization\" (values hidden)"), std::string::npos);
}

TEST(HooksSection, a_variable_that_is_not_defined_is_a_fault) {
    const auto faults = faults_of(hook(R"({"command": ["x"], "env": {"A": "${NOT_THERE}"}})"));
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0].substr(0, 19), "hooks[0].run.env.A:") << faults[0];
}

TEST(HooksSection, faults_name_their_place) {
    const auto path_of = [](const std::string& text) {
        const auto faults = faults_of(text);
        return faults.empty() ? std::string("none") : faults[0].substr(0, faults[0].find(": "));
    };
    EXPECT_EQ(path_of(R"({"hooks": {}})"), "hooks");
    EXPECT_EQ(path_of(R"({"hooks": [1]})"), "hooks[0]");
    EXPECT_EQ(path_of(R"({"hooks": [{"run": {"builtin": "normalize"}}]})"), "hooks[0].on");
    EXPECT_EQ(path_of(R"({"hooks": [{"on": "never", "run": {"builtin": "normalize"}}]})"), "hooks[0].on");
    EXPECT_EQ(path_of(R"({"hooks": [{"on": "before"}]})"), "hooks[0].run");
    EXPECT_EQ(path_of(hook(R"({"builtin": "normalize"})", R"("on": "before", "name": "a\r\nB: c")")), "hooks[0].name");
    EXPECT_EQ(path_of(hook("{}")), "hooks[0].run");
    EXPECT_EQ(path_of(hook(R"({"builtin": "normalize", "http": "http://x"})")), "hooks[0].run");
    EXPECT_EQ(path_of(hook(R"({"builtin": "magic"})")), "hooks[0].run.builtin");
    EXPECT_EQ(path_of(hook(R"({"builtin": "rate_limit"})")), "hooks[0].run.calls");
    EXPECT_EQ(path_of(hook(R"({"builtin": "redact"})")), "hooks[0].run.keys");
    EXPECT_EQ(path_of(hook(R"({"builtin": "cache"})", R"("on": "after")")), "hooks[0].run.builtin");
    EXPECT_EQ(path_of(hook(R"({"command": []})")), "hooks[0].run.command");
    EXPECT_EQ(path_of(hook(R"({"command": "rm -rf"})")), "hooks[0].run.command");
    EXPECT_EQ(path_of(hook(R"({"http": "ftp://x"})")), "hooks[0].run.http");
    EXPECT_EQ(path_of(hook(R"({"http": "http://u:p@x/"})")), "hooks[0].run.http");
    EXPECT_EQ(path_of(hook(R"({"http": "http://x/?key=1"})")), "hooks[0].run.http");
    EXPECT_EQ(path_of(hook(R"({"http": "http://x", "headers": {"Host": "y"}})")), "hooks[0].run.headers");
    EXPECT_EQ(path_of(hook(R"({"http": "http://x", "headers": {"A b": "y"}})")), "hooks[0].run.headers");
    EXPECT_EQ(path_of(hook(R"({"http": "http://x", "headers": {"A": "y\r\nB: z"}})")), "hooks[0].run.headers");
    EXPECT_EQ(path_of(hook(R"({"builtin": "normalize"})", R"("on": "before", "timeout": 0)")), "hooks[0].timeout");
    EXPECT_EQ(path_of(hook(R"({"builtin": "normalize"})", R"("on": "before", "tool": "")")), "hooks[0].tool");
}

TEST(HooksSection, no_two_hooks_have_the_same_name) {
    const auto faults = faults_of(
        R"({"hooks": [{"name": "a", "on": "before", "run": {"builtin": "normalize"}},
                      {"name": "a", "on": "before", "run": {"builtin": "normalize"}}]})");
    EXPECT_EQ(faults, one("hooks[1].name: another hook is called \"a\", too"));
}

TEST(HooksSection, there_may_be_so_many_and_no_more) {
    const auto hooks = [](std::size_t count) {
        std::string out;
        for (std::size_t i = 0; i < count; ++i)
            out += std::string(i == 0 ? "" : ",") + R"({"on":"before","run":{"builtin":"normalize"}})";
        return R"({"hooks": [)" + out + "]}";
    };
    EXPECT_EQ(parsed(hooks(kMaxHooks)).hooks.size(), kMaxHooks);
    EXPECT_EQ(faults_of(hooks(kMaxHooks + 1)), one("hooks: found 257 entries; allowed: a list of at most 256"));
}

TEST(PolicySections, a_reload_applies_them_at_once) {
    const Config before = parsed("");
    const Config after = parsed(R"({"rights": {"default": "deny"},
                                    "hooks": [{"on": "before", "run": {"builtin": "normalize"}}]})");
    EXPECT_EQ(difference(before, after).applied, (std::vector<std::string>{"rights", "hooks"}));
    EXPECT_TRUE(difference(before, after).next_start.empty());
}

}  // namespace
}  // namespace agenthub
