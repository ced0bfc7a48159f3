#include "stdio/session_memory.hpp"

#include <gtest/gtest.h>

#include "mcp/replies.hpp"

namespace agenthub {
namespace {

mcp::Message message(const std::string& text) {
    return mcp::Message::parse(text).value();
}

mcp::Message request(const std::string& method, const std::string& params) {
    return message(mcp::make_call("7", method, params));
}

using Texts = std::vector<std::string>;

TEST(SessionMemory, a_new_session_is_told_what_the_old_one_was) {
    SessionMemory memory;
    EXPECT_FALSE(memory.has_begun());
    const auto initialize = request("initialize", R"({"a": 1})");
    memory.begin(initialize);
    EXPECT_EQ(memory.initialize(), initialize.text());
    EXPECT_EQ(memory.rest(), Texts());
    memory.note(message(R"({"jsonrpc":"2.0","method":"notifications/initialized","x":1})"));
    memory.succeeded(request("logging/setLevel", R"({"level":"info"})"));
    memory.succeeded(request("logging/setLevel", R"({"level":"error"})"));
    memory.succeeded(request("resources/subscribe", R"({"uri":"a:"})"));
    memory.succeeded(request("resources/subscribe", R"({"uri":"b:","_meta":{}})"));
    memory.succeeded(request("resources/unsubscribe", R"({"uri":"a:"})"));
    memory.succeeded(request("tools/call", R"({"name":"t"})"));
    EXPECT_EQ(
        memory.rest(),
        (Texts{
            R"({"jsonrpc":"2.0","method":"notifications/initialized","x":1})",
            R"({"jsonrpc":"2.0","id":"agenthub-1","method":"logging/setLevel","params":{"level":"error"}})",
            R"({"jsonrpc":"2.0","id":"agenthub-2","method":"resources/subscribe","params":{"uri":"b:","_meta":{}}})"}));
}

TEST(SessionMemory, another_initialize_forgets_what_was_before) {
    SessionMemory memory;
    memory.begin(request("initialize", "{}"));
    memory.note(message(R"({"jsonrpc":"2.0","method":"notifications/initialized"})"));
    memory.succeeded(request("resources/subscribe", R"({"uri":"a:"})"));
    memory.begin(request("initialize", "{}"));
    EXPECT_FALSE(memory.is_initialized());
    EXPECT_EQ(memory.rest(), Texts());
}

TEST(SessionMemory, lists_that_may_change_are_announced_and_no_others) {
    const auto reply = message(mcp::make_response("1", R"({"capabilities":{"tools":{"listChanged":true},"prompts":{},
        "resources":{"listChanged":true,"subscribe":true}}})"));
    EXPECT_EQ(list_changes(reply), (Texts{R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})",
                                          R"({"jsonrpc":"2.0","method":"notifications/resources/list_changed"})"}));
    EXPECT_EQ(list_changes(message(mcp::make_response("1", "{}"))), Texts());
}

using Asked = QuestionNumbers::Asked;

TEST(QuestionNumbers, a_number_means_one_question_for_ever) {
    QuestionNumbers numbers;
    EXPECT_EQ(numbers.ask("1", 1), "1");
    EXPECT_EQ(numbers.ask("\"b\"", 1), "2");
    EXPECT_EQ(numbers.answer("2"), (Asked{"\"b\"", 1}));
    EXPECT_EQ(numbers.answer("2"), std::nullopt);
    EXPECT_EQ(numbers.lose_all(), Texts{"1"});
    EXPECT_EQ(numbers.ask("1", 2), "3") << "the next session begins with 1 again";
    EXPECT_EQ(numbers.answer("1"), std::nullopt) << "the answer to a question that is gone";
    EXPECT_EQ(numbers.withdraw("1", 2), "3");
    EXPECT_EQ(numbers.withdraw("1", 2), std::nullopt);
}

TEST(QuestionNumbers, an_answer_and_a_withdrawal_belong_to_the_session_that_asked) {
    QuestionNumbers numbers;
    const std::string first = numbers.ask("1", 1);
    const std::string second = numbers.ask("1", 2);
    EXPECT_EQ(numbers.withdraw("1", 3), std::nullopt);
    EXPECT_EQ(numbers.withdraw("1", 2), second);
    EXPECT_EQ(numbers.answer(first), (Asked{"1", 1}));
}

}  // namespace
}  // namespace agenthub
