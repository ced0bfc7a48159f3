#include "config/expand.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "tests/config/fixed_environment.hpp"

namespace agenthub {
namespace {

std::string expanded(std::string_view text) {
    const auto out = expand_variables(
        text, fixed_environment({{"A", "one"}, {"_b2", "two"}, {"EMPTY", ""}, {"LOOP", "${A}"}, {"env", "e"}}));
    return out.has_value() ? *out : "error: " + out.error().message;
}

TEST(Expand, references_in_every_form) {
    const std::pair<const char*, const char*> cases[] = {
        {"${A}", "one"},
        {"${env:A}", "one"},
        {"<${A}/${_b2}>", "<one/two>"},
        {"${EMPTY}", ""},
        {"${EMPTY:-x}", "x"},
        {"${A:-x}", "one"},
        {"${NONE:-}", ""},
        {"${NONE:-a:-b $c}", "a:-b $c"},
        {"${env:NONE:-x}", "x"},
        {"${env:-x}", "e"},
    };
    for (const auto& [text, expected] : cases)
        EXPECT_EQ(expanded(text), expected) << text;
}

TEST(Expand, every_other_dollar_stays) {
    for (const char* text : {"", "$", "$$", "$A", "${", "${A", "${}", "${1A}", "${A-B}", "${env:}", "${env::-x}",
                             "${input:key}", "$(A)", "}", "${:-x}", "${ A}"})
        EXPECT_EQ(expanded(text), text) << text;
    EXPECT_EQ(expanded("$${A}"), "$one");
    EXPECT_EQ(expanded("${no good ${A}"), "${no good one");
}

TEST(Expand, values_are_not_expanded_again) {
    EXPECT_EQ(expanded("${LOOP}"), "${A}");
}

TEST(Expand, an_undefined_variable_is_named) {
    EXPECT_EQ(expanded("${A}${NONE}"),
              "error: the variable NONE is not defined; set it where AgentHub is started, or write ${NONE:-default}");
    EXPECT_NE(expanded("${env:NONE}").find("the variable NONE is not defined"), std::string::npos);
}

TEST(Expand, a_reference_inside_a_default_is_refused) {
    EXPECT_EQ(expanded("${NONE:-${A}}"), "error: the default of ${NONE} holds another reference; allowed: plain text");
}

TEST(Expand, variable_names) {
    for (const char* name : {"A", "_", "a_1", "PATH"})
        EXPECT_TRUE(is_variable_name(name)) << name;
    for (const char* name : {"", "1", "a-b", "a b", "a.b", "ü"})
        EXPECT_FALSE(is_variable_name(name)) << name;
}

}  // namespace
}  // namespace agenthub
