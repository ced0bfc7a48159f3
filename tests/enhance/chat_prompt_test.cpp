#include "enhance/chat_prompt.hpp"

#include "tests/enhance/enhancer_rig.hpp"

namespace agenthub::test {
namespace {

std::string last_text(const std::string& body) {
    return std::string(last_user_text(body).of(body));
}

TEST(ChatPrompt, the_last_message_of_the_user_is_found) {
    EXPECT_EQ(last_text(R"({"model":"m","messages":[{"role":"user","content":"first"},)"
                        R"({"role":"assistant","content":"ok"},{"role":"user","content":"last"}]})"),
              "\"last\"");
    EXPECT_EQ(last_text(R"({"messages":[{"role":"user","content":"asked"},{"role":"tool","content":"done"}]})"),
              "\"asked\"");
}

TEST(ChatPrompt, of_a_message_of_parts_the_last_text_is_meant) {
    EXPECT_EQ(last_text(R"({"messages":[{"role":"user","content":[{"type":"text","text":"a"},)"
                        R"({"type":"text","text":"b"},{"type":"image_url","image_url":{"url":"data:"}}]}]})"),
              "\"b\"");
}

TEST(ChatPrompt, a_body_without_one_has_none) {
    for (const char* body :
         {"", "no JSON", "[]", "{}", R"({"messages":"x"})", R"({"messages":[]})",
          R"({"messages":[{"role":"assistant","content":"x"}]})", R"({"messages":[{"role":"user","content":7}]})",
          R"({"messages":[{"role":"user","content":[{"type":"image_url"}]}]})", R"({"messages":["user"]})"})
        EXPECT_TRUE(last_user_text(body).empty()) << body;
}

struct ChatTest : EnhancerTest {
    const std::string body =
        R"({ "stream":true, "n":1.50, "messages" : [{"role":"user","content":"say \"hi\"\n"} ],"x":null})";

    ChatTest() {
        EnhancementRule chat;
        chat.chat = true;
        config.enabled = true;
        config.clients = {{"chatty", chat}};
    }
    std::string enhanced(const std::string& client, std::string text) {
        std::string out;
        auto ask = [&]() -> awaitable<void> { out = co_await enhance_chat(*enhancer, client, std::move(text)); };
        finish(ask());
        return out;
    }
};

TEST_F(ChatTest, the_message_becomes_better_and_every_other_byte_stays) {
    backend.says.emplace("usual", std::string("say \"hello\"\tnow"));
    start();
    EXPECT_EQ(enhanced("chatty", body),
              R"({ "stream":true, "n":1.50, "messages" : [{"role":"user","content":"say \"hello\"\tnow"} ],"x":null})");
    ASSERT_EQ(backend.requests.size(), 1U);
    EXPECT_EQ(backend.requests[0].prompt, "say \"hi\"\n");
}

TEST_F(ChatTest, clients_whose_rules_do_not_say_so_are_left_alone) {
    start();
    EXPECT_EQ(enhanced("other", body), body);
    EXPECT_TRUE(backend.requests.empty());
    config.enabled = false;
    enhancer->reconfigure(config, "usual");
    EXPECT_EQ(enhanced("chatty", body), body);
    EXPECT_TRUE(backend.requests.empty());
}

TEST_F(ChatTest, a_body_of_the_longest_size_is_enhanced_and_one_byte_more_is_not) {
    config.max_body_bytes = body.size();
    start();
    EXPECT_NE(enhanced("chatty", body), body);
    EXPECT_EQ(enhanced("chatty", body + " "), body + " ");
    EXPECT_EQ(backend.requests.size(), 1U);
}

TEST_F(ChatTest, when_no_model_answers_the_body_is_as_it_was) {
    backend.says.emplace("usual", Error(errc::io_error, "connection refused"));
    start();
    EXPECT_EQ(enhanced("chatty", body), body);
}

}  // namespace
}  // namespace agenthub::test
