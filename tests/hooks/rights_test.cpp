#include "hooks/rights.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

RightConfig rule(std::string client, std::string server, std::string method, std::string tool, bool allow) {
    return {std::move(client), std::move(server), std::move(method), std::move(tool), allow};
}

constexpr RightsQuestion kCreate{"ci", "github", "tools/call", "create_issue"};

TEST(Rights, without_rules_everything_is_allowed_and_nobody_need_be_asked) {
    const Rights rights{RightsConfig()};
    EXPECT_TRUE(rights.is_open());
    EXPECT_TRUE(rights.decide(kCreate).allowed);
    EXPECT_FALSE(rights.decide(kCreate).rule.has_value());
}

TEST(Rights, a_decision_allows_nothing_unless_it_was_made) {
    EXPECT_FALSE(RightsDecision().allowed);
}

TEST(Rights, the_default_decides_what_no_rule_matches) {
    const Rights rights{RightsConfig{false, {rule("admin", "*", "*", "*", true)}}};
    EXPECT_FALSE(rights.is_open());
    EXPECT_FALSE(rights.decide(kCreate).allowed);
    EXPECT_FALSE(rights.decide(kCreate).rule.has_value());
    EXPECT_TRUE(rights.decide({"admin", "github", "tools/call", "create_issue"}).allowed);
}

TEST(Rights, the_first_rule_that_matches_decides) {
    const Rights rights{
        RightsConfig{true, {rule("ci", "*", "*", "create_*", true), rule("*", "github", "*", "create_*", false)}}};
    EXPECT_TRUE(rights.decide(kCreate).allowed);
    EXPECT_EQ(rights.decide(kCreate).rule, 0U);
    const RightsQuestion other{"raycast", "github", "tools/call", "create_issue"};
    EXPECT_FALSE(rights.decide(other).allowed);
    EXPECT_EQ(rights.decide(other).rule, 1U);
}

TEST(Rights, every_part_of_a_rule_must_match) {
    const Rights rights{RightsConfig{true, {rule("ci", "github", "tools/call", "create_issue", false)}}};
    EXPECT_FALSE(rights.decide(kCreate).allowed);
    EXPECT_TRUE(rights.decide({"c", "github", "tools/call", "create_issue"}).allowed);
    EXPECT_TRUE(rights.decide({"ci", "gitlab", "tools/call", "create_issue"}).allowed);
    EXPECT_TRUE(rights.decide({"ci", "github", "prompts/get", "create_issue"}).allowed);
    EXPECT_TRUE(rights.decide({"ci", "github", "tools/call", "Create_issue"}).allowed);
}

TEST(Rights, a_request_without_a_name_matches_the_star_alone) {
    const Rights rights{RightsConfig{true, {rule("*", "*", "*", "?*", false)}}};
    EXPECT_TRUE(rights.decide({"ci", "github", "tasks/get", ""}).allowed);
    EXPECT_FALSE(rights.decide(kCreate).allowed);
}

TEST(Rights, a_refusal_says_what_by_which_rule_and_what_to_do) {
    const RightsConfig config{true, {rule("*", "*", "*", "*", false)}};
    const Rights rights{config};
    EXPECT_EQ(Rights::refusal(kCreate, rights.decide(kCreate)),
              "the client 'ci' may not call tools/call 'create_issue' of the server 'github': rights.rules[0] of the "
              "configuration forbids it; ask whoever operates AgentHub for a rule that allows it");
    EXPECT_NE(Rights::refusal(kCreate, RightsDecision()).find("\"default\" is \"deny\""), std::string::npos);
}

}  // namespace
}  // namespace agenthub
