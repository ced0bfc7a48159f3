#include "hooks/json_redact.hpp"

#include "tests/hooks/seen_call.hpp"

namespace agenthub::test {
namespace {

std::string redacted_by(std::vector<std::string> keys, std::vector<std::string> words, std::string_view json) {
    BuiltinOptions options;
    options.keys = std::move(keys);
    options.words = std::move(words);
    options.replacement = "X";
    return JsonRedactor(options).without(json).value_or("as it was");
}

TEST(JsonRedactor, takes_out_the_whole_value_under_a_name) {
    EXPECT_EQ(redacted_by({"password"}, {}, R"({"user":"u","password":"p","n":1})"),
              R"({"user":"u","password":"X","n":1})");
    EXPECT_EQ(redacted_by({"*token"}, {}, R"({"a":{"ApiToken" : {"deep":["}",{"x":1}]} }, "t":1})"),
              R"({"a":{"ApiToken" : "X" }, "t":1})");
    EXPECT_EQ(redacted_by({"n"}, {}, R"([{"n":12.5},{"n":true},{"n":null},{"n":[]}])"),
              R"([{"n":"X"},{"n":"X"},{"n":"X"},{"n":"X"}])");
}

TEST(JsonRedactor, another_spelling_of_a_name_is_the_same_name) {
    EXPECT_EQ(redacted_by({"password"}, {}, R"({"p\u0061ssword":"p"})"), R"({"p\u0061ssword":"X"})");
}

TEST(JsonRedactor, takes_words_out_of_texts_wherever_they_stand) {
    EXPECT_EQ(redacted_by({}, {"sk-*"}, R"({"content":[{"type":"text","text":"key sk-123, and \"sk-4\"."}]})"),
              R"({"content":[{"type":"text","text":"key X, and \"X\"."}]})");
    EXPECT_EQ(redacted_by({}, {"*?@?*.?*"}, R"(["write to a.b@example.org."])"), R"(["write to X."])");
    EXPECT_EQ(redacted_by({}, {"s\xC3\xA9*"}, R"(["s\u00e9cret"])"), R"(["X"])");
}

TEST(JsonRedactor, leaves_everything_else_byte_for_byte) {
    EXPECT_EQ(redacted_by({"password"}, {"sk-*"}, R"({ "n": 1.50, "sk-9": "plain", "t": "task-1" })"), "as it was");
    EXPECT_EQ(redacted_by({"p"}, {}, R"({"e":"\u0041\/","p":1 , "q":2})"), R"({"e":"\u0041\/","p":"X" , "q":2})");
}

TEST(JsonRedactor, a_name_in_a_value_is_no_name) {
    EXPECT_EQ(redacted_by({"password"}, {}, R"({"a":"password","b":["password"]})"), "as it was");
}

TEST(RedactHook, works_on_arguments_results_and_errors) {
    BuiltinOptions options;
    options.keys = {"secret"};
    RedactHook hook(options);
    SeenCall before(R"({"secret":1})");
    EXPECT_EQ(hook.decide(before.call)->text, R"({"secret":"[redacted]"})");
    SeenCall after("{}", HookPoint::after);
    after.call.outcome = R"({"structuredContent":{"secret":1}})";
    EXPECT_EQ(hook.decide(after.call)->text, R"({"structuredContent":{"secret":"[redacted]"}})");
    SeenCall none;
    EXPECT_EQ(hook.decide(none.call)->action, HookVerdict::Action::proceed);
}

}  // namespace
}  // namespace agenthub::test
