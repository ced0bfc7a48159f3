#include "clients/jsonc_scan.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

std::string fault_of(std::string_view text) {
    const auto scanned = scan_jsonc(text);
    return scanned ? "" : scanned.error().message;
}

TEST(JsoncScan, members_are_found_between_comments) {
    const std::string text = "// first\n{ /* a */ \"a\": 1, // one\n \"b\\u0063\" : [1, {}], }\n// last";
    const auto root = scan_jsonc(text);
    ASSERT_TRUE(root.has_value()) << root.error().message;
    ASSERT_EQ(root->items.size(), 2U);
    EXPECT_EQ(text.substr(root->items[0].value, root->items[0].end - root->items[0].value), "1");
    ASSERT_NE(root->find("bc"), nullptr);
    EXPECT_TRUE(root->items[1].comma.has_value());
    const auto list = jsonc_container_at(text, root->find("bc")->value);
    ASSERT_TRUE(list.has_value());
    EXPECT_TRUE(list->is_list);
    EXPECT_EQ(list->items.size(), 2U);
    EXPECT_FALSE(jsonc_container_at(text, root->items[0].value).has_value());
}

TEST(JsoncScan, the_last_of_equal_keys_counts) {
    const auto root = scan_jsonc(R"({"a": 1, "a": 2})");
    ASSERT_TRUE(root.has_value());
    EXPECT_EQ(root->find("a"), &root->items[1]);
}

TEST(JsoncScan, faults_are_told_with_their_line) {
    EXPECT_EQ(fault_of("{\n \"a\": 1\n \"b\": 2\n}"), "line 3: a comma or a closing bracket is missing");
    EXPECT_EQ(fault_of("[]"), "line 1: the file is not a JSON object");
    EXPECT_EQ(fault_of(""), "line 1: the file is not a JSON object");
    EXPECT_EQ(fault_of("{} x"), "line 1: something follows the end of the object");
    EXPECT_EQ(fault_of("{\"a\"\n: tru}"), "line 2: a value is missing or not valid");
    EXPECT_EQ(fault_of("{a: 1}"), "line 1: a key in double quotes is missing");
    EXPECT_EQ(fault_of("{\"a\" 1}"), "line 1: a colon is missing behind a key");
    EXPECT_EQ(fault_of("{\"a\": \"x\n\"}"), "line 1: a string does not end");
    EXPECT_EQ(fault_of("{\"a\": 1 /* no end }"), "line 1: a comma or a closing bracket is missing");
    EXPECT_EQ(fault_of("{\"a\": [1}"), "line 1: a comma or a closing bracket is missing");
}

TEST(JsoncScan, nesting_has_a_limit) {
    const auto nested = [](int depth) {
        std::string text = "{\"a\":";
        text.append(static_cast<std::size_t>(depth), '[').append(static_cast<std::size_t>(depth), ']');
        return text + "}";
    };
    EXPECT_EQ(fault_of(nested(200)), "");
    EXPECT_EQ(fault_of(nested(201)), "line 1: it is nested too deeply");
}

}  // namespace
}  // namespace agenthub
