// The open questions of one server: who is told what, and how many there may be.

#include <gtest/gtest.h>

#include "bridge/question_table.hpp"
#include "mcp/replies.hpp"
#include "tests/bridge/test_exchange.hpp"

namespace agenthub {
namespace {

// A question that keeps its answers.
struct Asked {
    explicit Asked(const std::string& id) {
        const auto keep = [this](const mcp::Message& reply) { answers.push_back(reply.text()); };
        question = std::make_shared<Question>(
            "peer", message_of(R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"roots/list"})"), keep);
        question->when_withdrawn([this] { ++withdrawn; });
    }
    std::vector<std::string> answers;
    int withdrawn = 0;
    std::shared_ptr<Question> question;
};

TEST(Question, only_the_first_answer_counts) {
    Asked asked("7");
    EXPECT_TRUE(asked.question->is_open());
    EXPECT_EQ(asked.question->asker(), "peer");
    const std::string answer = mcp::make_response("1", "{}");
    asked.question->answer(message_of(answer));
    asked.question->answer(message_of(mcp::make_response("1", "2")));
    asked.question->refuse(-1, "no");
    asked.question->withdraw();
    EXPECT_EQ(asked.answers, std::vector<std::string>{answer});
    EXPECT_EQ(asked.withdrawn, 0) << "an answered question is not withdrawn";
    EXPECT_FALSE(asked.question->is_open());
}

TEST(Question, a_refusal_is_an_error_under_the_servers_id) {
    Asked asked(R"("x")");
    asked.question->refuse(-32601, "cannot \"do\" that");
    ASSERT_EQ(asked.answers.size(), 1U);
    const auto error = message_of(asked.answers[0]);
    EXPECT_EQ(error.kind(), mcp::Kind::error);
    EXPECT_EQ(error.id(), R"("x")");
    EXPECT_EQ(error.error_code(), -32601);
}

TEST(Question, a_withdrawn_question_takes_no_answer) {
    Asked asked("7");
    asked.question->withdraw();
    asked.question->withdraw();
    asked.question->answer(message_of(mcp::make_response("1", "{}")));
    EXPECT_EQ(asked.withdrawn, 1);
    EXPECT_TRUE(asked.answers.empty());
}

TEST(QuestionTable, tells_ids_apart_by_their_json_type) {
    Asked number("1"), text(R"("1")");
    QuestionTable table;
    table.add(number.question, {});
    EXPECT_TRUE(table.contains("1"));
    EXPECT_FALSE(table.contains(R"("1")"));
    table.add(text.question, {});
    table.withdraw(R"("1")");
    EXPECT_EQ(text.withdrawn, 1);
    EXPECT_EQ(number.withdrawn, 0);
}

TEST(QuestionTable, knows_the_calls_of_each_question) {
    Asked one("1"), two("2"), of_none("3");
    QuestionTable table;
    table.add(one.question, {5});
    table.add(two.question, {5, 6});
    table.add(of_none.question, {});
    EXPECT_EQ(table.take("1"), std::vector<std::uint64_t>{5});
    EXPECT_TRUE(table.take("1").empty()) << "taken out already";
    EXPECT_TRUE(table.holds(5));
    EXPECT_TRUE(table.holds(6));
    EXPECT_EQ(table.withdraw("2"), (std::vector<std::uint64_t>{5, 6}));
    EXPECT_FALSE(table.holds(5));
    EXPECT_FALSE(table.holds(6));
    EXPECT_TRUE(table.take("3").empty());
}

TEST(QuestionTable, is_full_at_its_limit) {
    std::vector<std::unique_ptr<Asked>> all;
    QuestionTable table;
    for (std::size_t i = 0; i < QuestionTable::kMaxOpen; ++i) {
        EXPECT_FALSE(table.is_full()) << i;
        all.push_back(std::make_unique<Asked>(std::to_string(i)));
        table.add(all.back()->question, {});
    }
    EXPECT_TRUE(table.is_full());
    table.withdraw("0");
    EXPECT_FALSE(table.is_full());
}

TEST(QuestionTable, withdraws_what_is_open_at_its_end) {
    Asked open("1"), answered("2");
    {
        QuestionTable table;
        table.add(open.question, {});
        table.add(answered.question, {});
        table.take("2");
    }
    EXPECT_EQ(open.withdrawn, 1);
    EXPECT_EQ(answered.withdrawn, 0);
}

}  // namespace
}  // namespace agenthub
