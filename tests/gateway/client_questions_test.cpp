// What servers ask the client of a legacy session, and how its answers find their way back.

#include "gateway/client_questions.hpp"

#include <gtest/gtest.h>

#include "mcp/replies.hpp"
#include "tests/bridge/test_exchange.hpp"

namespace agenthub {
namespace {

constexpr const char* kAll = R"({"sampling":{},"roots":{},"elicitation":{}})";

// A client's side: what it was sent, and what the server got back.
struct Client {
    explicit Client(std::string capabilities = kAll) { caller.capabilities = std::move(capabilities); }

    ClientQuestions::Send stream() {
        return [this](std::string_view message) {
            if (has_stream)
                sent.emplace_back(message);
            return has_stream;
        };
    }
    std::shared_ptr<Question> ask(const std::string& id, std::string_view method = "roots/list",
                                  std::string_view params = {}) {
        const auto keep = [this](const mcp::Message& reply) { answers.push_back(reply.text()); };
        const auto question =
            std::make_shared<Question>("server-" + id, message_of(mcp::make_call(id, method, params)), keep);
        questions.ask(question, caller, stream());
        return question;
    }

    mcp::Caller caller;
    bool has_stream = true;
    std::vector<std::string> sent, answers;
    ClientQuestions questions;
};

TEST(ClientQuestions, are_numbered_for_the_client_and_keep_their_words) {
    Client client;
    client.ask(R"("x")", "sampling/createMessage", R"({"maxTokens":1.0})");
    client.ask(R"("x")");  // another server's
    ASSERT_EQ(client.sent.size(), 2U);
    EXPECT_EQ(client.sent[0], mcp::make_call("1", "sampling/createMessage", R"({"maxTokens":1.0})"));
    EXPECT_EQ(client.sent[1], mcp::make_call("2", "roots/list"));
    EXPECT_TRUE(client.questions.answer(message_of(mcp::make_response("2", R"({"roots":[]})"))));
    EXPECT_EQ(client.answers, std::vector<std::string>{mcp::make_response("2", R"({"roots":[]})")});
    EXPECT_EQ(client.questions.size(), 1U);
}

TEST(ClientQuestions, an_answer_to_nothing_is_told_apart) {
    Client client;
    client.ask("7");
    for (const char* id : {"7", R"("1")", "0", "2", "-1"})
        EXPECT_FALSE(client.questions.answer(message_of(mcp::make_response(id, "{}")))) << id;
    EXPECT_TRUE(client.questions.answer(message_of(mcp::make_error("1", -1, "no"))));
    EXPECT_FALSE(client.questions.answer(message_of(mcp::make_response("1", "{}")))) << "answered already";
    EXPECT_EQ(client.answers.size(), 1U);
}

TEST(ClientQuestions, what_the_client_cannot_is_refused_at_once) {
    Client client(R"({"elicitation":{}})");
    client.ask("1");
    client.ask("2", "sampling/createMessage", "{}");
    client.ask("3", "elicitation/create", R"({"mode":"url","url":"https://x"})");
    EXPECT_TRUE(client.sent.empty());
    ASSERT_EQ(client.answers.size(), 3U);
    const char* missing[] = {"roots", "sampling", "elicitation.url"};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto refusal = message_of(client.answers[i]);
        EXPECT_EQ(refusal.error_code(), -32601);
        EXPECT_NE(refusal.text().find(missing[i]), std::string::npos) << refusal.text();
    }
    client.ask("4", "elicitation/create", R"({"message":"?"})");
    client.ask("5", "some/extension");
    EXPECT_EQ(client.sent.size(), 2U);
}

TEST(ClientQuestions, waits_for_a_stream) {
    Client client;
    client.has_stream = false;
    client.ask("1");
    client.ask("2")->withdraw();  // before it was sent: the client hears nothing of it
    client.has_stream = true;
    client.questions.on_stream(client.stream());
    client.questions.on_stream(client.stream());
    EXPECT_EQ(client.sent, std::vector<std::string>{mcp::make_call("1", "roots/list")}) << "once";
}

TEST(ClientQuestions, one_that_the_server_takes_back_is_cancelled_at_the_client) {
    Client client;
    const auto question = client.ask("9");
    client.sent.clear();
    question->withdraw();
    ASSERT_EQ(client.sent.size(), 1U);
    const auto cancelled = message_of(client.sent[0]);
    EXPECT_EQ(cancelled.method(), "notifications/cancelled");
    EXPECT_EQ(cancelled.request_id(), "1");
    EXPECT_EQ(client.questions.size(), 0U);
    EXPECT_FALSE(client.questions.answer(message_of(mcp::make_response("1", "{}"))));
    EXPECT_TRUE(client.answers.empty());
}

TEST(ClientQuestions, progress_names_the_asker_by_the_servers_token) {
    Client client;
    client.ask("1", "sampling/createMessage", R"({"_meta":{"progressToken":"t"}})");
    client.ask("2");
    EXPECT_EQ(client.questions.asker_of(R"("t")"), "server-1");
    EXPECT_EQ(client.questions.asker_of("7"), std::nullopt);
    EXPECT_EQ(client.questions.asker_of(""), std::nullopt) << "the second has no token";
}

TEST(ClientQuestions, the_end_of_the_session_answers_the_servers) {
    std::vector<std::string> answers;
    std::shared_ptr<Question> question;
    {
        Client client;
        question = client.ask("9");
        client.ask("10");
        client.questions.refuse_all("it is gone");
        answers = client.answers;
        client.ask("11");
    }
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(message_of(answers[0]).id(), "9");
    EXPECT_EQ(message_of(answers[0]).error_code(), -32603);
    question->withdraw();  // nothing of the session is touched any more
}

}  // namespace
}  // namespace agenthub
