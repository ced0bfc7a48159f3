// Putting values in place of references.

#include "pipeline/render.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

class Render : public ::testing::Test {
protected:
    Render() { EXPECT_TRUE(values.set("s", R"({"text":"a \"b\"\n","list":[1,2],"flag":false})").has_value()); }
    std::string text(std::string_view from) const {
        const auto made = render_text(from, values);
        return made ? *made : "error: " + made.error().message;
    }
    std::string json(std::string_view from) const {
        const auto made = render_json(from, values);
        return made ? *made : "error: " + made.error().message;
    }
    RunValues values{R"({"x":"1","n":7,"${input.x}":0})", "id", "2026-07-28"};
};

TEST_F(Render, inserts_values_into_text_as_text) {
    EXPECT_EQ(text("no reference"), "no reference");
    EXPECT_EQ(text("${input.x} and ${input.n}, ${steps.s.text}!"), "1 and 7, a \"b\"\n!");
    EXPECT_EQ(text("${steps.s.list} ${steps.s.flag}[${input.none}]"), "[1,2] false[]");
    EXPECT_EQ(text("$${input.x} $ {input.x} $"), "${input.x} $ {input.x} $");
}

TEST_F(Render, keeps_the_type_of_a_value_that_stands_alone) {
    EXPECT_EQ(json(R"({"a":"${input.n}","b":"${steps.s.list}","c":"${input.none}","d":"${steps.s.text}"})"),
              R"({"a":7,"b":[1,2],"c":null,"d":"a \"b\"\n"})");
    EXPECT_EQ(json(R"("${input}")"), values.input());
}

TEST_F(Render, inserts_text_inside_of_a_string_and_escapes_it) {
    EXPECT_EQ(json(R"({"a":["<${steps.s.text}>",{"b":" ${input.n}"}]})"), R"({"a":["<a \"b\"\n>",{"b":" 7"}]})");
}

TEST_F(Render, touches_nothing_else) {
    EXPECT_EQ(json(R"({ "${input.x}" : 1.0e2, "z": "$${input.x}" , "u":"é" })"),
              R"({ "${input.x}" : 1.0e2, "z": "${input.x}" , "u":"é" })")
        << "names of members are no references";
}

TEST_F(Render, does_not_read_references_that_come_with_a_value) {
    RunValues tricky(R"({"x":"${run.id}"})", "secret", "");
    EXPECT_EQ(*render_text("${input.x}", tricky), "${run.id}");
    EXPECT_EQ(*render_json(R"({"a":"${input.x}","b":"<${input.x}>"})", tricky),
              R"({"a":"${run.id}","b":"<${run.id}>"})");
}

TEST_F(Render, says_which_reference_leads_nowhere) {
    EXPECT_NE(text("${steps.s.none}").find("${steps.s.none}"), std::string::npos);
    EXPECT_NE(json(R"(["${steps.s.none}"])").find("${steps.s.none}"), std::string::npos);
}

TEST(RenderLimit, refuses_what_becomes_too_long) {
    RunValues values("{}", "", "");
    std::string half = "\"" + std::string(RunValues::kMaxBytes / 2, 'a') + "\"";
    ASSERT_TRUE(values.set("s", std::move(half)).has_value());
    EXPECT_TRUE(render_text("${steps.s}${steps.s}", values).has_value());
    const auto text = render_text("${steps.s}${steps.s}b", values);
    ASSERT_TRUE(text.has_error());
    EXPECT_EQ(text.error().code, errc::too_large);
    EXPECT_EQ(render_json(R"(["${steps.s}","${steps.s}"])", values).error().code, errc::too_large);
}

}  // namespace
}  // namespace agenthub
