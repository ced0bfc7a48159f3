// One call of a modern client: what it hears, what it is asked, and how its answers come back.

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "tests/gateway/modern_call_rig.hpp"

namespace agenthub {
namespace {

std::string log_message(std::string_view level) {
    return mcp::make_call("", "notifications/message", R"({"level":")" + std::string(level) + R"(","data":1.0})");
}

std::string progress_of(std::string_view token) {
    return mcp::make_call("", "notifications/progress",
                          R"({"progressToken":)" + std::string(token) + R"(,"progress":1})");
}

TEST(ModernCall, log_messages_are_for_who_asked_for_their_level) {
    asio::io_context loop;
    const auto call = modern_call(loop);
    TestChannel channel;
    call->attach(&channel, call->request(), std::nullopt);
    call->notify(message_of(log_message("emergency")));
    EXPECT_EQ(channel.opened, 0) << "without a level there is nothing to stream";
    call->attach(&channel, call->request(), mcp::LogLevel::warning);
    for (const char* level : {"info", "notice", "warning", "error"})
        call->notify(message_of(log_message(level)));
    EXPECT_EQ(channel.sink->texts, (std::vector<std::string>{log_message("warning"), log_message("error")}));
    call->detach();
    call->notify(message_of(log_message("error")));
    EXPECT_EQ(channel.sink->texts.size(), 2U) << "nobody speaks for the call";
}

TEST(ModernCall, progress_has_the_token_of_the_request_that_speaks_for_it) {
    asio::io_context loop;
    const auto call = modern_call(loop, call_text("1", R"({"name":"work","_meta":{"progressToken":"first"}})"));
    TestChannel first, second, third;
    call->attach(&first, call->request(), std::nullopt);
    call->notify(message_of(progress_of(R"("first")")));
    EXPECT_EQ(first.sink->texts, std::vector<std::string>{progress_of(R"("first")")});
    const auto retry = message_of(call_text("2", R"({"name":"work","_meta":{"progressToken":7}})"));
    call->attach(&second, retry, std::nullopt);
    call->notify(message_of(progress_of(R"("first")")));
    EXPECT_EQ(second.sink->texts, std::vector<std::string>{progress_of("7")});
    call->attach(&third, message_of(call_text("3")), std::nullopt);
    call->notify(message_of(progress_of(R"("first")")));
    EXPECT_TRUE(third.sink->texts.empty()) << "that request wants none";
}

TEST(ModernCall, may_be_asked_during_three_methods_alone) {
    asio::io_context loop;
    for (const char* method : {"tools/call", "prompts/get", "resources/read"})
        EXPECT_TRUE(modern_call(loop, call_text("1", "{}", method))->may_ask()) << method;
    for (const char* method : {"tools/list", "completion/complete", "server/discover"}) {
        const auto call = modern_call(loop, call_text("1", "{}", method));
        std::vector<std::string> answers;
        call->ask(question_of(answers, "5"));
        ASSERT_EQ(answers.size(), 1U) << method;
        EXPECT_EQ(message_of(answers[0]).error_code(), -32601);
        EXPECT_TRUE(call->lacking().empty());
    }
}

TEST(ModernCall, what_its_request_does_not_declare_is_refused_and_remembered) {
    asio::io_context loop;
    std::vector<std::string> answers;
    const auto call = modern_call(loop, call_text("1"), modern_caller(R"({"elicitation":{"form":{}}})"));
    call->ask(question_of(answers, "5", "elicitation/create", R"({"mode":"url"})"));
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(message_of(answers[0]).id(), "5");
    EXPECT_EQ(call->lacking(), "elicitation.url");
    EXPECT_TRUE(call->questions().empty());
}

TEST(ModernCall, answers_find_their_questions_by_key) {
    asio::io_context loop;
    std::vector<std::string> answers;
    const auto call = modern_call(loop);
    call->ask(question_of(answers, "5"));
    call->ask(question_of(answers, R"("6")", "sampling/createMessage", R"({"maxTokens":1.0})"));
    const auto asked = call->questions();
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_NE(asked[0].key, asked[1].key);
    EXPECT_EQ(asked[0].method, "roots/list");
    EXPECT_EQ(asked[1].params, R"({"maxTokens":1.0})");
    call->take_answers({{asked[1].key, R"({"n":2.0})"}, {"nobody's", "{}"}});
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(message_of(answers[0]).result_member(), R"({"n":2.0})");
    ASSERT_EQ(call->questions().size(), 1U) << "what was not answered is asked again";
    EXPECT_EQ(call->questions()[0].key, asked[0].key);
}

TEST(ModernCall, a_question_that_is_taken_back_is_asked_no_more) {
    asio::io_context loop;
    std::vector<std::string> answers;
    const auto call = modern_call(loop);
    const auto question = question_of(answers, "5");
    call->ask(question);
    question->withdraw();
    EXPECT_TRUE(call->questions().empty());
}

TEST(ModernCall, its_end_and_its_cancellation_refuse_what_is_open) {
    asio::io_context loop;
    std::vector<std::string> answers;
    auto call = modern_call(loop);
    call->ask(question_of(answers, "5"));
    call->cancel({});
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(message_of(answers[0]).error_code(), -32603);
    call->ask(question_of(answers, "6"));
    call.reset();
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(message_of(answers[1]).id(), "6");
}

awaitable<void> await_next(std::shared_ptr<ModernCall> call, bool& ended) {
    co_await call->next();
    ended = true;
}

TEST(ModernCall, questions_that_come_close_together_are_collected) {
    asio::io_context loop;
    std::vector<std::string> answers;
    const auto call = modern_call(loop);
    TaskGroup tasks(loop.get_executor());
    bool ended = false;
    tasks.spawn(await_next(call, ended), "next");
    call->ask(question_of(answers, "5"));
    loop.poll();
    EXPECT_FALSE(ended) << "another may follow";
    call->ask(question_of(answers, "6"));
    loop.run();
    EXPECT_TRUE(ended);
    EXPECT_EQ(call->questions().size(), 2U);
}

TEST(ModernCall, a_question_that_is_taken_back_while_more_are_waited_for_was_none) {
    asio::io_context loop;
    std::vector<std::string> answers;
    const auto call = modern_call(loop);
    TaskGroup tasks(loop.get_executor());
    bool ended = false;
    tasks.spawn(await_next(call, ended), "next");
    const auto question = question_of(answers, "5");
    call->ask(question);
    loop.poll();
    question->withdraw();
    loop.run_for(std::chrono::milliseconds(200));
    EXPECT_FALSE(ended) << "there is nothing to tell the client";
    call->ask(question_of(answers, "6"));
    loop.restart();
    loop.run_for(std::chrono::seconds(5));
    EXPECT_TRUE(ended);
    EXPECT_EQ(call->questions().size(), 1U);
}

TEST(ModernCall, an_outcome_is_not_waited_with) {
    asio::io_context loop;
    const auto call = modern_call(loop);
    TaskGroup tasks(loop.get_executor());
    bool ended = false;
    tasks.spawn(await_next(call, ended), "next");
    call->finish(message_of(mcp::make_response("1", "{}")));
    loop.poll();
    EXPECT_TRUE(ended);
    ASSERT_TRUE(call->outcome().has_value());
    EXPECT_TRUE(call->take_outcome().has_value());
}

TEST(ModernCall, what_is_meant_for_agenthub_alone_is_left_out) {
    asio::io_context loop;
    const auto call = modern_call(loop, call_text("1", R"({"name":"work","inputResponses":{},"requestState":"s"})"));
    call->leave_out({"inputResponses", "requestState"});
    EXPECT_EQ(call->request().params(), R"({"name":"work"})");
    EXPECT_EQ(call->request().id(), "1");
}

}  // namespace
}  // namespace agenthub
