#include "gateway/view_rules.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

using Texts = std::vector<std::string>;

AggregateEntry tool(const std::string& server, const std::string& own, const std::string& rest = "") {
    const std::string key = server + "__" + own;
    return {key, "", server, own, R"({"name":")" + key + "\"" + rest + "}"};
}

Texts texts_of(const AggregateList& list) {
    Texts out;
    for (const auto& entry : list.entries())
        out.push_back(entry.text);
    return out;
}

Texts keys_of(const AggregateList& list) {
    Texts out;
    for (const auto& entry : list.entries())
        out.push_back(entry.key);
    return out;
}

const AggregateList kTools({tool("git", "list", R"(,"n":1.0)"), tool("git", "delete"), tool("files", "read")}, {});

TEST(ViewRules, without_rules_all_is_shown) {
    EXPECT_EQ(texts_of(view_of_tools(kTools, {})), texts_of(kTools));
}

TEST(ViewRules, servers_and_patterns_choose) {
    ViewConfig view;
    view.servers = {"git"};
    EXPECT_EQ(keys_of(view_of_tools(kTools, view)), (Texts{"git__list", "git__delete"}));
    EXPECT_EQ(keys_of(view_of_servers(kTools, view)), (Texts{"git__list", "git__delete"}));
    view.tools = {"*", "!*delete*"};
    const AggregateList shown = view_of_tools(kTools, view);
    EXPECT_EQ(keys_of(shown), Texts{"git__list"});
    EXPECT_EQ(shown.find("git__delete"), nullptr) << "what is not shown cannot be called";
    EXPECT_EQ(keys_of(view_of_servers(kTools, view)), (Texts{"git__list", "git__delete"})) << "patterns are for tools";
}

TEST(ViewRules, a_bare_name_is_hidden_by_its_full_one) {
    const AggregateList bare({{"delete", "git__delete", "git", "delete", "{}"}}, {});
    ViewConfig view;
    view.tools = {"!git__*"};
    EXPECT_TRUE(view_of_tools(bare, view).entries().empty());
    view.tools = {"git__*"};
    EXPECT_EQ(keys_of(view_of_tools(bare, view)), Texts{"delete"});
    EXPECT_NE(view_of_tools(bare, view).find("git__delete"), nullptr);
}

TEST(ViewRules, rename_and_describe_change_these_bytes_only) {
    ViewConfig view;
    view.rename = {{"git__list", "all"}};
    view.describe = {{"all", "Shows \"all\""}, {"files__read", "Reads"}};
    const AggregateList list(
        {tool("git", "list", R"(, "n":1.0,"description":"old","_meta":{"description":"x"})"), tool("files", "read")},
        {});
    const AggregateList shown = view_of_tools(list, view);
    EXPECT_EQ(texts_of(shown),
              (Texts{R"({"name":"all", "n":1.0,"description":"Shows \"all\"","_meta":{"description":"x"}})",
                     R"({"description":"Reads","name":"files__read"})"}));
    ASSERT_NE(shown.find("all"), nullptr);
    EXPECT_EQ(shown.find("all")->own, "list");
    EXPECT_EQ(shown.find("all")->server, "git");
    EXPECT_EQ(shown.find("git__list"), nullptr) << "its old name is gone";
}

TEST(ViewRules, a_tool_is_renamed_by_either_of_its_names) {
    const AggregateList bare({{"list", "git__list", "git", "list", R"({"name":"list"})"}}, {});
    ViewConfig view;
    view.rename = {{"git__list", "all"}};
    EXPECT_EQ(texts_of(view_of_tools(bare, view)), Texts{R"({"name":"all"})"});
    view.rename = {{"list", "all"}};
    EXPECT_EQ(texts_of(view_of_tools(bare, view)), Texts{R"({"name":"all"})"});
}

TEST(ViewRules, names_can_be_swapped) {
    ViewConfig view;
    view.rename = {{"git__list", "git__delete"}, {"git__delete", "git__list"}};
    const AggregateList shown = view_of_tools(kTools, view);
    EXPECT_EQ(shown.find("git__delete")->own, "list");
    EXPECT_EQ(shown.find("git__list")->own, "delete");
    EXPECT_TRUE(shown.dropped().empty());
}

TEST(ViewRules, a_name_that_is_given_is_taken_from_another) {
    ViewConfig view;
    view.rename = {{"git__list", "files__read"}};
    const AggregateList shown = view_of_tools(kTools, view);
    EXPECT_EQ(keys_of(shown), (Texts{"files__read", "git__delete"}));
    EXPECT_EQ(shown.find("files__read")->server, "git");
    EXPECT_EQ(shown.dropped().size(), 1U);
}

TEST(ViewRules, nobody_guesses_between_two_of_one_name) {
    ViewConfig view;
    view.rename = {{"git__list", "x"}, {"git__delete", "x"}};
    const AggregateList shown = view_of_tools(kTools, view);
    EXPECT_EQ(keys_of(shown), Texts{"files__read"});
    EXPECT_EQ(shown.dropped().size(), 2U);
}

}  // namespace
}  // namespace agenthub
