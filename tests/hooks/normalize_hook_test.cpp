#include "hooks/normalize_hook.hpp"

#include "tests/hooks/seen_call.hpp"

namespace agenthub::test {
namespace {

constexpr const char* kSchema =
    R"({"type":"object","properties":{"n":{"type":"integer"},"x":{"type":"number"},"b":{"type":"boolean"},)"
    R"("s":{"type":"string"},"any":{},"opt":{"type":["integer","null"]},"d":{"type":"string","default":"dd"}}})";

std::string normal(std::string_view arguments, BuiltinOptions options = {}) {
    options.defaults = false;
    return normalized_arguments(arguments, kSchema, options).value_or("as it was");
}

TEST(NormalizedArguments, texts_become_what_the_schema_wants) {
    EXPECT_EQ(normal(R"({"n":"5","x":"1.50e3","b":"true","opt":"-7"})"), R"({"n":5,"x":1.50e3,"b":true,"opt":-7})");
    EXPECT_EQ(normal(R"({"s":5,"n":1})"), R"({"s":"5","n":1})");
    EXPECT_EQ(normal(R"({"s":false})"), R"({"s":"false"})");
}

TEST(NormalizedArguments, what_would_mean_something_else_stays) {
    for (const char* arguments :
         {R"({"n":"5.5"})", R"({"n":"five"})", R"({"n":" 5"})", R"({"n":"0x5"})", R"({"n":"05"})", R"({"b":"yes"})",
          R"({"b":1})", R"({"s":null})", R"({"s":[1]})", R"({"any":"5"})", R"({"other":"5"})", R"({"n":""})",
          R"({"n":"5,\"m\":6"})", R"({"x":"1}"})", "{}", ""})
        EXPECT_EQ(normal(arguments), "as it was") << arguments;
}

TEST(NormalizedArguments, defaults_stand_in_for_what_is_not_there) {
    EXPECT_EQ(normalized_arguments(R"({"s":"a"})", kSchema, {}), R"({"s":"a","d":"dd"})");
    EXPECT_EQ(normalized_arguments("", kSchema, {}), R"({"d":"dd"})");
    EXPECT_EQ(normalized_arguments(R"({"d":"own"})", kSchema, {}), std::nullopt);
    EXPECT_EQ(normalized_arguments(R"({"\u0064":"own"})", kSchema, {}), std::nullopt);
}

TEST(NormalizedArguments, what_the_schema_does_not_name_goes_only_when_told) {
    BuiltinOptions options;
    options.drop_unknown = true;
    EXPECT_EQ(normal(R"({"z":1,"s":"a"})", options), R"({"s":"a"})");
    EXPECT_EQ(normal(R"({"z":1})"), "as it was");
    const char* open = R"({"properties":{"s":{}},"additionalProperties":true})";
    EXPECT_EQ(normalized_arguments(R"({"z":1})", open, options), std::nullopt);
}

TEST(NormalizedArguments, a_schema_that_says_nothing_changes_nothing) {
    EXPECT_EQ(normalized_arguments(R"({"n":"5"})", "{}", {}), std::nullopt);
    EXPECT_EQ(normalized_arguments(R"({"n":"5"})", "", {}), std::nullopt);
}

TEST(NormalizeHook, finds_the_schema_of_the_tool) {
    OneTool tools;
    tools.schema = kSchema;
    NormalizeHook hook({}, tools);
    SeenCall seen(R"({"n":"5","d":"x"})");
    EXPECT_EQ(hook.decide(seen.call)->text, R"({"n":5,"d":"x"})");
    seen.call.tool = "unknown";
    EXPECT_EQ(hook.decide(seen.call)->action, HookVerdict::Action::proceed);
}

}  // namespace
}  // namespace agenthub::test
