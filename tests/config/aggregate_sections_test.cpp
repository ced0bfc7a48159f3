#include "config/aggregate_sections.hpp"

#include <gtest/gtest.h>

#include "config/describe.hpp"
#include "config/difference.hpp"
#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

using Names = std::vector<std::string>;

std::string with_view(const std::string& view, const std::string& aggregate = "{}") {
    return R"({"mcpServers": {"github": {"command": "x"}, "files": {"command": "y"}}, "aggregate": )" + aggregate +
           R"(, "views": {"coding": )" + view + "}}";
}

ViewConfig view_of(const std::string& view) {
    const Config config = parsed(with_view(view));
    EXPECT_EQ(config.warnings.size(), 0U) << texts_of(config.warnings).front();
    return config.views.empty() ? ViewConfig() : config.views.front();
}

TEST(AggregateSection, has_defaults) {
    const AggregateConfig plain = parsed("").aggregate;
    EXPECT_TRUE(plain.enabled);
    EXPECT_EQ(plain.prefix, "always");
    EXPECT_EQ(plain.page_size, 100U);
    EXPECT_TRUE(parsed("").views.empty());
}

TEST(AggregateSection, reaches_its_fields) {
    const AggregateConfig read =
        parsed(R"({"aggregate": {"enabled": false, "prefix": "on_collision", "page_size": 7}})").aggregate;
    EXPECT_FALSE(read.enabled);
    EXPECT_EQ(read.prefix, "on_collision");
    EXPECT_EQ(read.page_size, 7U);
}

TEST(AggregateSection, has_its_limits) {
    EXPECT_EQ(parsed(R"({"aggregate": {"page_size": 1}})").aggregate.page_size, 1U);
    EXPECT_EQ(parsed(R"({"aggregate": {"page_size": 10000}})").aggregate.page_size, 10000U);
    for (const char* size : {"0", "10001"})
        EXPECT_EQ(faults_of(R"({"aggregate": {"page_size": )" + std::string(size) + "}}"),
                  one("aggregate.page_size: found " + std::string(size) + "; allowed: a whole number from 1 to 10000"));
    EXPECT_EQ(faults_of(R"({"aggregate": {"prefix": "never"}})"),
              one(R"(aggregate.prefix: found "never"; allowed: "always", "on_collision")"));
    EXPECT_EQ(faults_of(R"({"aggregate": true})"), one("aggregate: found true; allowed: an object"));
    EXPECT_EQ(texts_of(parsed(R"({"aggregate": {"pagesize": 7}})").warnings).size(), 1U);
}

TEST(Views, reach_their_fields) {
    const ViewConfig view = view_of(R"({"servers": ["github"], "tools": ["github__*", "!*delete*"],
        "rename": {"github__create_issue": "new_issue"}, "describe": {"new_issue": "Writes \"it\" down"}})");
    EXPECT_EQ(view.name, "coding");
    EXPECT_EQ(view.servers, Names{"github"});
    EXPECT_EQ(view.tools, (Names{"github__*", "!*delete*"}));
    ASSERT_EQ(view.rename.size(), 1U);
    EXPECT_EQ(view.rename[0].second, "new_issue");
    ASSERT_EQ(view.describe.size(), 1U);
    EXPECT_EQ(view.describe[0].second, "Writes \"it\" down");
}

TEST(Views, keep_their_order_and_may_be_commented_out) {
    const Config config = parsed(R"({"views": {"b": {}, "_c": {}, "a": {}}})");
    ASSERT_EQ(config.views.size(), 2U);
    EXPECT_EQ(config.views[0].name, "b");
    EXPECT_EQ(config.views[1].name, "a");
}

TEST(Views, of_wrong_types_are_faults) {
    EXPECT_EQ(faults_of(R"({"views": []})"), one("views: found a list; allowed: an object"));
    EXPECT_EQ(faults_of(with_view("5")),
              one(R"(views.coding: found 5; allowed: an object as {"servers": ["github"]})"));
    EXPECT_EQ(faults_of(with_view(R"({"servers": "github"})")),
              one(R"(views.coding.servers: found a string; allowed: a list of strings)"));
    EXPECT_EQ(faults_of(with_view(R"({"tools": [1]})")), one("views.coding.tools[0]: found 1; allowed: a string"));
    EXPECT_EQ(faults_of(with_view(R"({"rename": {"a__b": 1}})")),
              one("views.coding.rename.a__b: found 1; allowed: a string"));
    EXPECT_EQ(faults_of(with_view(R"({"describe": []})")),
              one("views.coding.describe: found a list; allowed: an object"));
}

TEST(Views, have_names_that_fit_into_an_address) {
    const auto named = [](const std::string& name) { return faults_of("{\"views\": {\"" + name + "\": {}}}").size(); };
    EXPECT_EQ(named(std::string(64, 'a')), 0U);
    EXPECT_EQ(named(std::string(65, 'a')), 1U);
    for (const char* name : {"", "a b", "a/b", "é", "a.b"})
        EXPECT_EQ(named(name), 1U) << name;
}

TEST(Views, of_no_server_are_refused_instead_of_showing_all) {
    EXPECT_EQ(faults_of(with_view(R"({"servers": []})")),
              one("views.coding.servers: found no server; allowed: one or more, or no \"servers\" for all of them"));
    EXPECT_EQ(faults_of(with_view("{}")).size(), 0U);
}

TEST(Views, unknown_servers_and_keys_are_warnings) {
    const Config config = parsed(with_view(R"({"servers": ["files", "gone"], "tool": []})"));
    ASSERT_EQ(config.warnings.size(), 2U);
    EXPECT_EQ(texts_of(config.warnings)[0], R"(views.coding.tool: unknown key, ignored; did you mean "tools"?)");
    EXPECT_EQ(texts_of(config.warnings)[1],
              R"(views.coding.servers[1]: no server "gone" is configured: nothing to show)");
}

TEST(Views, patterns_that_contradict_each_other_are_faults) {
    EXPECT_EQ(faults_of(with_view(R"({"tools": ["a*", "!a*"]})")).size(), 1U);
    EXPECT_EQ(faults_of(with_view(R"({"tools": [""]})")).size(), 1U);
    EXPECT_EQ(faults_of(with_view(R"({"tools": ["!"]})")).size(), 1U);
    EXPECT_EQ(faults_of(with_view(R"({"tools": ["a*", "!ab*", "abc"]})")).size(), 0U);
}

TEST(Views, names_that_contradict_each_other_are_faults) {
    const auto faults = [](const std::string& rest) { return faults_of(with_view("{" + rest + "}")); };
    EXPECT_EQ(faults(R"("rename": {"a": "x", "b": "x"})"),
              one(R"(views.coding.rename.b: another tool is renamed to "x" too)"));
    EXPECT_EQ(faults(R"("rename": {"a": "b", "b": "a"})").size(), 0U);
    for (const char* name : {"", "a b", "a.b"})
        EXPECT_EQ(faults(R"("rename": {"a": ")" + std::string(name) + "\"}").size(), 1U) << name;
    EXPECT_EQ(faults(R"("rename": {"a": ")" + std::string(64, 'x') + "\"}").size(), 0U);
    EXPECT_EQ(faults(R"("rename": {"a": ")" + std::string(65, 'x') + "\"}").size(), 1U);
    EXPECT_EQ(faults(R"("tools": ["b*"], "rename": {"a": "x"})").size(), 1U);
    EXPECT_EQ(faults(R"("tools": ["!a"], "rename": {"a": "x"})").size(), 1U);
    EXPECT_EQ(faults(R"("rename": {"a": "x"}, "describe": {"a": "text"})"),
              one(R"(views.coding.describe.a: the tool is renamed; describe it as "x")"));
    EXPECT_EQ(faults(R"("tools": ["!a"], "describe": {"a": "text"})").size(), 1U);
    EXPECT_EQ(faults(R"("rename": {"a": "b", "b": "a"}, "describe": {"a": "text"})").size(), 0U);
}

TEST(Views, with_bare_names_only_what_is_surely_hidden_is_a_fault) {
    const auto faults = [](const std::string& view) {
        return faults_of(with_view(view, R"({"prefix": "on_collision"})")).size();
    };
    EXPECT_EQ(faults(R"({"tools": ["github__*"], "rename": {"create_issue": "x"}})"), 0U);
    EXPECT_EQ(faults(R"({"tools": ["github__*", "!create*"], "rename": {"create_issue": "x"}})"), 1U);
}

TEST(Views, choose_by_the_last_pattern_that_matches) {
    ViewConfig view;
    EXPECT_TRUE(shows_tool(view, "a")) << "no patterns: all";
    view.tools = {"github__*", "!*delete*", "github__delete_comment"};
    EXPECT_TRUE(shows_tool(view, "github__list"));
    EXPECT_FALSE(shows_tool(view, "github__delete_repo"));
    EXPECT_TRUE(shows_tool(view, "github__delete_comment"));
    EXPECT_FALSE(shows_tool(view, "files__read"));
    view.tools = {"!*delete*"};
    EXPECT_TRUE(shows_tool(view, "files__read")) << "only what is hidden is named";
    EXPECT_FALSE(shows_tool(view, "files__delete"));
    view.tools = {"*", "!github__delete"};
    EXPECT_FALSE(shows_tool(view, "delete", "github__delete")) << "either name counts";
    EXPECT_TRUE(shows_tool(view, "delete", "files__delete"));
}

TEST(Views, choose_servers) {
    ViewConfig view;
    EXPECT_TRUE(shows_server(view, "a"));
    view.servers = {"a"};
    EXPECT_TRUE(shows_server(view, "a"));
    EXPECT_FALSE(shows_server(view, "ab"));
}

TEST(Views, and_the_aggregate_hold_at_once) {
    const Config before = parsed("");
    const Config after = parsed(R"({"aggregate": {"enabled": false, "prefix": "on_collision", "page_size": 2},
                                    "views": {"v": {}}})");
    ConfigDifference expected;
    expected.applied = {"aggregate.enabled", "aggregate.prefix", "aggregate.page_size", "views"};
    EXPECT_EQ(difference(before, after), expected);
    EXPECT_EQ(in_force_after(before, after), after);
}

TEST(Views, are_described) {
    const std::string text = describe_config(parsed(with_view(R"({"servers": ["github"], "tools": ["a*", "!b c"],
        "rename": {"ab": "x"}, "describe": {"x": "one\ntwo"}})")));
    EXPECT_NE(text.find("aggregate:\n"
                        "  enabled: true\n"
                        "  prefix: always\n"
                        "  page_size: 100\n"
                        "views: 1\n"
                        "  coding\n"
                        "    servers: github\n"
                        "    tools: a*, \"!b c\"\n"
                        "    rename: ab to x\n"
                        "    describe: x as \"one\\ntwo\"\n"
                        "ollama:\n"),
              std::string::npos)
        << text;
}

}  // namespace
}  // namespace agenthub
