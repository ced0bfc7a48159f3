#include "config/wording.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace agenthub {
namespace {

using nlohmann::ordered_json;

TEST(Wording, paths_quote_what_is_no_plain_word) {
    EXPECT_EQ(child_path("", "limits"), "limits");
    EXPECT_EQ(child_path("a.b", "c-d_1"), "a.b.c-d_1");
    EXPECT_EQ(child_path("a", "x.y"), "a[\"x.y\"]");
    EXPECT_EQ(child_path("a", ""), "a[\"\"]");
    EXPECT_EQ(child_path("a", "x\ny"), "a[\"x\\ny\"]");
    EXPECT_EQ(child_path("env", "TOKEN=hunter2"), "env[\"TOKEN=…\"]") << "it may be a secret";
    EXPECT_EQ(element_path("a.b", 3), "a.b[3]");
}

TEST(Wording, values_are_shown_when_short_and_typed_when_not) {
    EXPECT_EQ(found_text(ordered_json("x\"y")), R"("x\"y")");
    EXPECT_EQ(found_text(ordered_json(-1.5)), "-1.5");
    EXPECT_EQ(found_text(ordered_json(true)), "true");
    EXPECT_EQ(found_text(ordered_json()), "null");
    EXPECT_EQ(found_text(ordered_json::array({1})), "a list");
    EXPECT_EQ(found_text(ordered_json::object()), "an object");
}

TEST(Wording, types_carry_no_value) {
    EXPECT_EQ(type_text(ordered_json("secret")), "a string");
    EXPECT_EQ(type_text(ordered_json(7)), "a number");
    EXPECT_EQ(type_text(ordered_json(false)), "true or false");
    EXPECT_EQ(type_text(ordered_json()), "null");
}

TEST(Wording, long_text_is_cut_after_80_bytes) {
    EXPECT_EQ(in_quotes(std::string(80, 'x')), "\"" + std::string(80, 'x') + "\"");
    EXPECT_EQ(in_quotes(std::string(81, 'x')), "\"" + std::string(80, 'x') + "…\"");
}

TEST(Wording, durations_in_seconds_where_they_are_whole) {
    EXPECT_EQ(duration_text(Duration(0)), "0s");
    EXPECT_EQ(duration_text(Duration(60000)), "60s");
    EXPECT_EQ(duration_text(Duration(1500)), "1500ms");
}

}  // namespace
}  // namespace agenthub
