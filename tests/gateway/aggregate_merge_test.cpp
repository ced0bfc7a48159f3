#include "gateway/aggregate_merge.hpp"

#include <gtest/gtest.h>

#include "gateway/aggregate_names.hpp"

namespace agenthub {
namespace {

using Texts = std::vector<std::string>;

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

std::string tools(const Texts& names) {
    std::string out = R"({"tools":[)";
    for (const auto& name : names)
        out += (out.back() == '[' ? "{\"name\":\"" : ",{\"name\":\"") + name + "\"}";
    return out + "]}";
}

// The server and its own name behind a shown one.
std::string target(const AggregateList& list, std::string_view key) {
    const auto* entry = list.find(key);
    return entry == nullptr ? "nobody" : entry->server + "/" + entry->own;
}

TEST(MergeByName, names_every_entry_after_its_server_and_keeps_its_bytes) {
    const AggregateList list = merge_by_name(
        "tools",
        {{"b", R"({ "tools" : [ {"title":"T","name" : "x","n":1.0,"_meta":{"name":"y"}} ,{"name":"y\u0031"}],"a":1})"},
         {"a", R"({"tools":[{"name":"x"}]})"}},
        NamePrefix::always);
    EXPECT_EQ(texts_of(list), (Texts{R"({"title":"T","name" : "b__x","n":1.0,"_meta":{"name":"y"}})",
                                     R"({"name":"b__y1"})", R"({"name":"a__x"})"}));
    EXPECT_EQ(target(list, "b__x"), "b/x");
    EXPECT_EQ(target(list, "b__y1"), "b/y1");
    EXPECT_EQ(target(list, "a__x"), "a/x");
    EXPECT_EQ(target(list, "x"), "nobody");
    EXPECT_TRUE(list.dropped().empty());
}

TEST(MergeByName, of_nothing_is_empty) {
    for (const char* result : {"", "{}", "5", R"({"tools":{}})", R"({"tools":[]})", R"({"prompts":[{"name":"x"}]})"})
        EXPECT_TRUE(merge_by_name("tools", {{"a", result}}, NamePrefix::always).entries().empty()) << result;
    EXPECT_TRUE(AggregateList().entries().empty());
    EXPECT_EQ(AggregateList().find("x"), nullptr);
}

TEST(MergeByName, shows_bare_names_where_one_server_alone_has_them) {
    const std::string one = tools({"same", "own", "a__b", "a.b"});
    const std::string two = tools({"same", "other"});
    const AggregateList list = merge_by_name("tools", {{"one", one}, {"two", two}}, NamePrefix::on_collision);
    EXPECT_EQ(keys_of(list),
              (Texts{"one__same", "own", "one__a__b", aggregate_name("one", "a.b"), "two__same", "other"}));
    EXPECT_EQ(texts_of(list)[1], R"({"name":"own"})");
    EXPECT_EQ(target(list, "one__own"), "one/own") << "the full name leads there too";
    EXPECT_EQ(target(list, "two__other"), "two/other");
    EXPECT_EQ(target(list, "same"), "nobody") << "nobody guesses";
}

TEST(MergeByName, a_name_does_not_change_with_the_order_of_the_servers) {
    const std::string one = tools({"same", "own"});
    const std::string two = tools({"same"});
    for (const auto prefix : {NamePrefix::always, NamePrefix::on_collision}) {
        const AggregateList there = merge_by_name("tools", {{"one", one}, {"two", two}}, prefix);
        const AggregateList back = merge_by_name("tools", {{"two", two}, {"one", one}}, prefix);
        for (const auto& entry : there.entries())
            EXPECT_EQ(target(back, entry.key), entry.server + "/" + entry.own);
    }
}

TEST(MergeByName, drops_and_tells_what_cannot_be_called) {
    const AggregateList list = merge_by_name(
        "tools", {{"a", R"({"tools":[{"name":"x","v":1},{"name":"x","v":2},{"title":"t"},{"name":5},7,"name"]})"}},
        NamePrefix::always);
    EXPECT_EQ(texts_of(list), Texts{R"({"name":"a__x","v":1})"});
    EXPECT_EQ(list.dropped().size(), 5U);
    EXPECT_EQ(list.dropped()[0], R"("x" of server "a" stands twice in its tools)");
}

TEST(MergeByName, drops_all_that_would_have_the_same_name) {
    // No two tools that are known meet in eight digits; the same server given twice does.
    const std::string list_text = tools({"x", "y"});
    const std::string other = tools({"x"});
    const AggregateList list = merge_by_name("tools", {{"a", list_text}, {"a", other}}, NamePrefix::always);
    EXPECT_EQ(keys_of(list), Texts{"a__y"});
    EXPECT_EQ(target(list, "a__x"), "nobody");
    EXPECT_EQ(list.dropped().size(), 2U);
}

TEST(MergeByName, an_alias_never_hides_a_name) {
    AggregateList list({{"x", "y", "a", "x", "{}"}, {"y", "", "b", "y", "{}"}}, {});
    EXPECT_EQ(target(list, "y"), "b/y");
}

TEST(MergeByUri, shows_the_first_of_several_and_keeps_every_byte) {
    const AggregateList list = merge_by_uri("resources", "uri",
                                            {{"a", R"({"resources":[{"uri":"u:\/\/1","n":1.0},{"uri":"u://2"}]})"},
                                             {"b", R"({"resources":[ { "uri" : "u://1" } ,{"uri":"u://3"}]})"}});
    EXPECT_EQ(texts_of(list), (Texts{R"({"uri":"u:\/\/1","n":1.0})", R"({"uri":"u://2"})", R"({"uri":"u://3"})"}));
    EXPECT_EQ(target(list, "u://1"), "a/u://1");
    EXPECT_EQ(target(list, "u://3"), "b/u://3");
    ASSERT_EQ(list.dropped().size(), 1U);
    EXPECT_EQ(list.dropped()[0],
              R"("u://1" of server "b" is not shown: server "a", which comes first in the configuration, has it too)");
}

TEST(OwnerOf, is_who_has_the_uri_else_who_has_a_template_for_it) {
    const AggregateList resources = merge_by_uri("resources", "uri", {{"b", R"({"resources":[{"uri":"u://x/1"}]})"}});
    const AggregateList templates =
        merge_by_uri("resourceTemplates", "uriTemplate",
                     {{"a", R"({"resourceTemplates":[{"uriTemplate":"u://x/{id}"}]})"},
                      {"c", R"({"resourceTemplates":[{"uriTemplate":"u://{a}/{b}"},{"uriTemplate":"v://{+p}"}]})"}});
    const auto owner = [&](const char* uri) {
        const auto* entry = owner_of(uri, resources, templates);
        return entry == nullptr ? std::string("nobody") : entry->server;
    };
    EXPECT_EQ(owner("u://x/1"), "b");
    EXPECT_EQ(owner("u://x/2"), "a");
    EXPECT_EQ(owner("u://y/2"), "c");
    EXPECT_EQ(owner("v://y/2"), "c");
    EXPECT_EQ(owner("w://y/2"), "nobody");
}

TEST(AggregateLists, digests_differ_when_an_entry_or_the_order_does) {
    const std::string one = tools({"x", "y"});
    const std::string two = tools({"y", "x"});
    const auto digest = [](const std::string& text) {
        return merge_by_name("tools", {{"a", text}}, NamePrefix::always).digest();
    };
    EXPECT_EQ(digest(one), digest(one));
    EXPECT_NE(digest(one), digest(two));
    EXPECT_NE(digest(one), digest(tools({"x"})));
    EXPECT_EQ(digest(one).size(), 16U);
}

TEST(LifetimeOf, is_the_shortest_and_private_if_any_is) {
    const auto of = [](const std::vector<ServerList>& lists) {
        const auto found = lifetime_of(lists, {5000, false});
        return std::to_string(found.ttl_ms) + (found.is_private ? " private" : " public");
    };
    EXPECT_EQ(of({}), "5000 public");
    EXPECT_EQ(of({{"a", "{}"}}), "5000 public");
    EXPECT_EQ(of({{"a", R"({"ttlMs":9000,"cacheScope":"public"})"}}), "9000 public");
    EXPECT_EQ(of({{"a", R"({"ttlMs":9000,"cacheScope":"public"})"}, {"b", "{}"}}), "5000 public");
    EXPECT_EQ(of({{"a", R"({"ttlMs":3,"cacheScope":"private"})"}, {"b", R"({"ttlMs":9,"cacheScope":"public"})"}}),
              "3 private");
    EXPECT_EQ(of({{"a", R"({"ttlMs":-3,"cacheScope":"odd"})"}}), "0 private");
    EXPECT_EQ(of({{"a", R"({"ttlMs":"3","cacheScope":1})"}}), "5000 public");
}

}  // namespace
}  // namespace agenthub
