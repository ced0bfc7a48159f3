// The faults of framing, order and unasked messages are played as announced.

#include <gtest/gtest.h>

#include "tests/support/hostile_driver.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

TEST(HostileFraming, garbage_comes_before_the_answer) {
    HostileDriver server;
    server.send_call(1, "garbage");
    std::vector<std::string> lines;
    for (int i = 0; i < 7; ++i)
        lines.push_back(server.line());
    EXPECT_EQ(lines[0], "Listening on port 3000...");
    EXPECT_EQ(lines[1], "");
    EXPECT_NE(lines[2].find("\xff\xfe"), std::string::npos);
    EXPECT_TRUE(lines[5].ends_with('\r'));
    EXPECT_TRUE(lines[6].ends_with("}\r"));
    EXPECT_EQ(text_of(json::parse(lines[6])), "after the garbage");
}

TEST(HostileFraming, answers_twice_and_to_wrong_ids) {
    HostileDriver server;
    EXPECT_EQ(text_of(server.call(1, "twice")), "first");
    EXPECT_EQ(text_of(server.message()), "second");

    EXPECT_EQ(server.call(2, "wrong_id")["id"], 987654321);
    EXPECT_EQ(server.message()["id"], "no-such-id");
    EXPECT_TRUE(server.message()["id"].is_null());
    EXPECT_EQ(server.message()["id"], 2);

    EXPECT_EQ(server.call(3, "string_id")["id"], "3");
    EXPECT_EQ(server.message()["id"], 3);
}

TEST(HostileFraming, answers_in_reverse_order) {
    HostileDriver server;
    for (int id = 1; id <= 4; ++id)
        server.send_call(id, "out_of_order", {{"k", 4}, {"text", std::to_string(id)}});
    for (int id = 4; id >= 1; --id) {
        const json answer = server.message();
        EXPECT_EQ(answer["id"], id);
        EXPECT_EQ(text_of(answer), std::to_string(id));
    }
}

TEST(HostileFraming, lines_have_the_asked_size) {
    HostileDriver server;
    server.send_call(1, "huge_line", {{"n", 100'000}});
    EXPECT_EQ(server.line().size(), 100'000u);
    server.send_call(2, "huge_line", {{"n", 1000}, {"junk", true}});
    EXPECT_EQ(server.line(), std::string(1000, 'x'));
    EXPECT_EQ(server.message()["id"], 2);
    const std::string text = text_of(server.call(3, "big", {{"n", 1 << 20}}));
    EXPECT_EQ(text.size(), std::size_t{1} << 20);
    EXPECT_EQ(text.substr(24, 4), "yzab");
}

TEST(HostileFraming, weird_answers_are_legal_json) {
    HostileDriver server;
    server.send_call(1, "weird");
    const std::string line = server.line();
    EXPECT_NE(line.find("9007199254740993"), std::string::npos);
    EXPECT_EQ(json::parse(line)["id"], 1);
    server.send_call(2, "weird", {{"raw", R"({"x":1.00})"}});
    EXPECT_EQ(server.line(), R"({"jsonrpc":"2.0","id":2,"result":{"x":1.00}})");
    server.send_call(3, "weird", {{"line", R"({"result":{},"id":$ID})"}});
    EXPECT_EQ(server.line(), R"({"result":{},"id":3})");
}

TEST(HostileFraming, progress_in_its_variants) {
    HostileDriver server;
    server.send_call(1, "progress", {{"n", 2}, {"after", true}, {"unknown_token", true}});
    EXPECT_EQ(server.message()["params"]["progress"], 1);
    const json second = server.message();
    EXPECT_EQ(second["params"]["progress"], 2);
    EXPECT_EQ(second["params"]["progressToken"], "token");
    EXPECT_EQ(server.message()["params"]["progressToken"], 424242);
    EXPECT_EQ(server.message()["params"]["progressToken"], "no-such-token");
    EXPECT_EQ(server.message()["id"], 1);
    EXPECT_EQ(server.message()["params"]["progress"], 3);

    server.send_call(2, "progress", {{"n", 2}, {"mode", "falling"}, {"interval_ms", 1}});
    EXPECT_EQ(server.message()["params"]["progress"], 1);
    EXPECT_EQ(server.message()["params"]["progress"], 0);
    EXPECT_EQ(server.message()["id"], 2);
}

TEST(HostileFraming, notifications_of_every_kind) {
    HostileDriver server;
    EXPECT_EQ(server.call(1, "log", {{"level", "error"}})["params"]["level"], "error");
    EXPECT_EQ(server.message()["id"], 1);
    EXPECT_EQ(server.call(2, "list_changed", {{"kind", "prompts"}})["method"], "notifications/prompts/list_changed");
    EXPECT_EQ(server.message()["id"], 2);
    EXPECT_EQ(server.call(3, "update", {{"uri", "u"}})["params"]["uri"], "u");
    EXPECT_EQ(server.message()["id"], 3);
    server.send_call(4, "flood", {{"n", 500}});
    for (int i = 0; i < 500; ++i)
        EXPECT_EQ(server.message()["method"], "notifications/message");
    EXPECT_EQ(server.message()["id"], 4);
}

TEST(HostileFraming, asks_the_client_and_returns_its_answer) {
    HostileDriver server;
    const json question = server.call(1, "ask", {{"method", "elicitation/create"}, {"string_id", true}});
    EXPECT_EQ(question["method"], "elicitation/create");
    ASSERT_TRUE(question["id"].is_string());
    server.send({{"jsonrpc", "2.0"}, {"id", question["id"]}, {"result", {{"action", "decline"}}}});
    const json answer = server.message();
    EXPECT_EQ(answer["id"], 1);
    EXPECT_EQ(json::parse(text_of(answer))["result"]["action"], "decline");

    server.send_call(2, "ask", {{"wait_ms", 1}});
    EXPECT_EQ(server.message()["method"], "ping");
    EXPECT_EQ(server.message()["result"]["isError"], true);
}

}  // namespace
}  // namespace agenthub::test
