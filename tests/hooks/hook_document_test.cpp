#include "hooks/hook_document.hpp"

#include <nlohmann/json.hpp>

#include "tests/hooks/seen_call.hpp"

namespace agenthub::test {
namespace {

using Action = HookVerdict::Action;

TEST(HookDocument, tells_of_a_call_before_it_is_made) {
    SeenCall seen;
    EXPECT_EQ(hook_document(seen.call, "h"),
              R"({"hook":"h","on":"before","request_id":"r-1","client":{"id":"ci","ip":""},"server":"fake",)"
              R"("method":"tools/call","tool":"echo","arguments":{"text":"hi"}})");
}

TEST(HookDocument, tells_of_the_result_and_of_the_error) {
    SeenCall seen("", HookPoint::after);
    seen.call.outcome = R"({"content":[]})";
    auto document = nlohmann::json::parse(hook_document(seen.call, "h"));
    EXPECT_EQ(document["arguments"].dump(), "{}");
    EXPECT_EQ(document["result"].dump(), R"({"content":[]})");
    seen.call.point = HookPoint::error;
    seen.call.outcome = R"({"code":-1,"message":"x"})";
    seen.call.dry_run = true;
    document = nlohmann::json::parse(hook_document(seen.call, "h"));
    EXPECT_EQ(document["error"]["code"], -1);
    EXPECT_EQ(document["dry_run"], true);
}

TEST(HookDocument, of_other_methods_it_has_the_params) {
    SeenCall seen;
    seen.call.method = "resources/read";
    seen.call.takes_arguments = false;
    seen.call.params = R"({"uri":"a:b"})";
    const auto document = nlohmann::json::parse(hook_document(seen.call, "h"));
    EXPECT_EQ(document["params"]["uri"], "a:b");
    EXPECT_FALSE(document.contains("arguments"));
}

HookVerdict read(std::string_view text, HookPoint point = HookPoint::before) {
    SeenCall seen("{}", point);
    const auto out = read_hook_answer(text, seen.call);
    EXPECT_TRUE(out.has_value()) << out.error().message;
    return out ? *out : HookVerdict();
}

std::string fault(std::string_view text, HookPoint point = HookPoint::before) {
    SeenCall seen("{}", point);
    const auto out = read_hook_answer(text, seen.call);
    return out ? "none" : out.error().message;
}

TEST(HookAnswer, nothing_goes_on) {
    for (const char* text : {"", " \n", "{}", R"({"action":"continue"})"})
        EXPECT_EQ(read(text).action, Action::proceed) << text;
}

TEST(HookAnswer, changes_what_there_is_at_its_point) {
    const auto before = read("{\"action\": \"continue\",\n \"arguments\": {\"n\": 1.50}}");
    EXPECT_EQ(before.action, Action::change);
    EXPECT_EQ(before.text, R"({"n": 1.50})");
    EXPECT_EQ(read(R"({"result":{"content":[]}})", HookPoint::after).text, R"({"content":[]})");
    EXPECT_EQ(read(R"({"error":{"code":1,"message":"m"}})", HookPoint::error).text, R"({"code":1,"message":"m"})");
    // What is of another point means nothing.
    EXPECT_EQ(read(R"({"result":{}})").action, Action::proceed);
}

TEST(HookAnswer, answers_with_a_result_or_an_error) {
    const auto result = read(R"({"action":"answer","result":{"content":[]}})");
    EXPECT_EQ(result.action, Action::answer);
    EXPECT_FALSE(result.is_error);
    const auto error = read(R"({"action":"answer","error":{"code":-5,"message":"m"}})");
    EXPECT_TRUE(error.is_error);
    EXPECT_EQ(error.text, R"({"code":-5,"message":"m"})");
}

TEST(HookAnswer, refuses_with_its_reason) {
    EXPECT_EQ(read(R"({"action":"refuse","message":"no\nway"})").text, "no\nway");
    EXPECT_EQ(read(R"({"action":"refuse","error":{"code":1,"message":"why"}})").text, "why");
    EXPECT_EQ(read(R"({"action":"refuse"})").action, Action::refuse);
}

TEST(HookAnswer, what_is_no_decision_is_a_fault_that_says_so) {
    EXPECT_EQ(fault("oops"), "its answer must be nothing, or one object of JSON, found oops");
    for (const char* text : {"[]", "{", R"({"a":1}{"b":2})", R"({},"x":{})", R"({"action":"answer"}})"})
        EXPECT_NE(fault(text).find("one object of JSON"), std::string::npos) << text << fault(text);
    EXPECT_NE(fault(R"({"action":"go"})").find("must be \"continue\""), std::string::npos);
    EXPECT_NE(fault(R"({"action":"answer"})").find("there must be an object \"result\""), std::string::npos);
    EXPECT_NE(fault(R"({"action":"answer","result":5})").find("found 5"), std::string::npos);
    EXPECT_NE(fault(R"({"arguments":[]})").find("must be an object"), std::string::npos);
    EXPECT_NE(fault(R"({"error":{"code":"1"}})", HookPoint::error).find("whole number"), std::string::npos);
}

TEST(HookAnswer, arguments_cannot_be_given_to_a_request_that_takes_none) {
    SeenCall seen;
    seen.call.takes_arguments = false;
    seen.call.method = "resources/read";
    const auto out = read_hook_answer(R"({"arguments":{}})", seen.call);
    ASSERT_FALSE(out.has_value());
    EXPECT_NE(out.error().message.find("tools/call and prompts/get alone"), std::string::npos);
}

}  // namespace
}  // namespace agenthub::test
