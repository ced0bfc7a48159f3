#include "clients/jsonc_edit.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

using Json = nlohmann::ordered_json;

ClientEntry entry(const std::string& key = "agenthub") {
    return {"servers", key, false, Json::parse(R"({"url": "http://h/mcp"})")};
}

ClientEntry task() {
    return {"tasks", "AgentHub: status", true, Json::parse(R"({"label": "AgentHub: status", "args": []})")};
}

std::string with(std::string_view text, const ClientEntry& what = entry()) {
    const auto out = with_entry(text, what);
    return out ? *out : "error: " + out.error().message;
}

std::string without(std::string_view text, const ClientEntry& what = entry()) {
    const auto out = without_entry(text, what);
    return out ? *out : "error: " + out.error().message;
}

TEST(JsoncEdit, an_empty_file_becomes_a_document) {
    const std::string document =
        "{\n  \"servers\": {\n    \"agenthub\": {\n      \"url\": \"http://h/mcp\"\n    }\n  }\n}\n";
    EXPECT_EQ(with(""), document);
    EXPECT_EQ(with(" \r\n"), document);
    EXPECT_EQ(with("{}\n"), document);
}

TEST(JsoncEdit, comments_indentation_and_order_stay) {
    const std::string before =
        "// mine\n{\n\t\"inputs\": [], // none\n\t\"servers\": {\n\t\t\"other\": {\"type\": \"stdio\"} // keep "
        "me\n\t}\n}\n";
    const std::string after =
        "// mine\n{\n\t\"inputs\": [], // none\n\t\"servers\": {\n\t\t\"other\": {\"type\": \"stdio\"}, // keep me\n"
        "\t\t\"agenthub\": {\n\t\t\t\"url\": \"http://h/mcp\"\n\t\t}\n\t}\n}\n";
    EXPECT_EQ(with(before), after);
    EXPECT_EQ(with(after), after) << "it stands there already";
    EXPECT_EQ(without(after),
              "// mine\n{\n\t\"inputs\": [], // none\n\t\"servers\": {\n"
              "\t\t\"other\": {\"type\": \"stdio\"} // keep me\n\t}\n}\n");
}

TEST(JsoncEdit, a_comma_behind_the_last_item_is_kept_as_a_habit) {
    EXPECT_EQ(
        with("{\n  \"servers\": {\n    \"a\": 1,\n  },\n}"),
        "{\n  \"servers\": {\n    \"a\": 1,\n    \"agenthub\": {\n      \"url\": \"http://h/mcp\"\n    },\n  },\n}");
}

TEST(JsoncEdit, an_entry_with_such_commas_is_the_same_as_one_without) {
    const std::string text = R"({"servers": {"agenthub": {"url": "http://h/mcp", /* "," */ }, }})";
    EXPECT_EQ(with(text), text);
    EXPECT_EQ(find_entry(text, entry()), entry().value);
}

TEST(JsoncEdit, text_on_one_line_stays_on_one_line) {
    EXPECT_EQ(with(R"({"servers":{"a":1}})"), R"({"servers":{"a":1, "agenthub": {"url":"http://h/mcp"}}})");
    EXPECT_EQ(with(R"({"servers":{}})"), R"({"servers":{"agenthub": {"url":"http://h/mcp"}}})");
    EXPECT_EQ(with(R"({"a": 1})"), R"({"a": 1, "servers": {"agenthub":{"url":"http://h/mcp"}}})");
    EXPECT_EQ(without(R"({"servers":{"a":1, "agenthub": {"url":"x"}}})"), R"({"servers":{"a":1}})");
    EXPECT_EQ(without(R"({"servers":{"agenthub": {"url":"x"}, "a":1}})"), R"({"servers":{"a":1}})");
}

TEST(JsoncEdit, line_ends_of_windows_are_followed) {
    EXPECT_EQ(
        with("{\r\n  \"servers\": {\r\n    \"a\": 1\r\n  }\r\n}\r\n"),
        "{\r\n  \"servers\": {\r\n    \"a\": 1,\r\n    \"agenthub\": {\r\n      \"url\": \"http://h/mcp\"\r\n    }\r\n"
        "  }\r\n}\r\n");
}

TEST(JsoncEdit, a_comment_in_an_empty_object_stays) {
    EXPECT_EQ(
        with("{\n  \"servers\": {\n    // none yet\n  }\n}"),
        "{\n  \"servers\": {\n    // none yet\n    \"agenthub\": {\n      \"url\": \"http://h/mcp\"\n    }\n  }\n}");
}

TEST(JsoncEdit, another_value_of_the_same_name_is_replaced_and_nothing_else) {
    EXPECT_EQ(with("{ \"servers\": { \"agenthub\": {\"url\": \"old\"}, /* x */ \"a\": 1 } }"),
              "{ \"servers\": { \"agenthub\": {\"url\":\"http://h/mcp\"}, /* x */ \"a\": 1 } }");
    const std::string other_order = R"({"servers": {"agenthub": {"url": "http://h/mcp"}}})";
    EXPECT_EQ(with(other_order), other_order);
}

TEST(JsoncEdit, tasks_go_by_their_label) {
    const std::string before = "{\n  // of the project\n  \"tasks\": [\n    {\"label\": \"build\"}\n  ]\n}\n";
    const std::string after = with(before, task());
    EXPECT_EQ(after,
              "{\n  // of the project\n  \"tasks\": [\n    {\"label\": \"build\"},\n    {\n"
              "      \"label\": \"AgentHub: status\",\n      \"args\": []\n    }\n  ],\n  \"version\": \"2.0.0\"\n}\n");
    EXPECT_EQ(with(after, task()), after);
    EXPECT_EQ(find_entry(after, task()), task().value);
    EXPECT_EQ(without(after, task()),
              "{\n  // of the project\n  \"tasks\": [\n    {\"label\": \"build\"}\n  ],\n"
              "  \"version\": \"2.0.0\"\n}\n");
}

TEST(JsoncEdit, what_is_put_in_can_be_taken_out_wherever_it_stands) {
    for (const std::string text :
         {"{\"servers\": {\"x\": {}}}", "{\n \"servers\": {\n  \"x\": {} }\n}", "{ \"servers\" : { \"x\": [ ] , } }",
          "{\"servers\": {\"x\": 1 // c\n}}", "\xEF\xBB\xBF{\n\"servers\": {\n\"x\": 1\n}}"}) {
        const std::string after = with(text);
        EXPECT_EQ(find_entry(after, entry()), entry().value) << after;
        const std::string again = without(after);
        EXPECT_FALSE(find_entry(again, entry()).has_value()) << again;
        EXPECT_TRUE(find_entry(again, entry("x")).has_value()) << again;
        EXPECT_EQ(without(again), again);
    }
}

TEST(JsoncEdit, what_cannot_hold_the_entry_is_refused) {
    EXPECT_EQ(with("{\"servers\": []}"), "error: \"servers\" is not an object; correct it first");
    EXPECT_EQ(with("{\"tasks\": {}}", task()), "error: \"tasks\" is not a list; correct it first");
    EXPECT_EQ(with("{\"servers\": 1,\n x}"), "error: line 2: a key in double quotes is missing");
}

}  // namespace
}  // namespace agenthub
