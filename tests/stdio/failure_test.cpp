#include "stdio/failure.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

HttpOutcome refusal(unsigned status, std::string body) {
    HttpOutcome outcome;
    outcome.how = HttpOutcome::How::refused;
    outcome.status = status;
    outcome.body = std::move(body);
    return outcome;
}

TEST(Failure, has_the_data_of_the_daemons_own_errors) {
    EXPECT_EQ(failure_reply("\"a\"", Error(errc::busy, "full")),
              R"({"jsonrpc":"2.0","id":"a","error":{"code":-32603,"message":"full","data":{"code":")" +
                  std::string(code_of(errc::busy)) + R"(","reason":"busy","retry":"later"}}})");
}

TEST(Failure, a_call_whose_answer_is_lost_may_have_had_an_effect) {
    const auto call = mcp::Message::parse(R"({"jsonrpc":"2.0","id":1,"method":"tools/call"})").value();
    const std::string text = failure_reply(call.id(), outcome_unknown(call));
    EXPECT_NE(text.find(R"("retry":"unknown")"), std::string::npos) << text;
    EXPECT_NE(text.find("tools/call"), std::string::npos);
}

TEST(Failure, a_refusal_keeps_its_error_and_gets_the_id) {
    const auto refused = refusal(400, R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no","x":1.50}})");
    EXPECT_EQ(refusal_reply("5", refused),
              R"({"jsonrpc":"2.0","id":5,"error":{"code":-32600,"message":"no","x":1.50}})");
    EXPECT_EQ(refusal_code(refused), -32600);
    EXPECT_NE(refusal_reply("5", refusal(502, "<html>")).find("HTTP status 502: <html>"), std::string::npos);
    EXPECT_EQ(refusal_code(refusal(502, "<html>")), 0);
}

TEST(Failure, a_session_is_lost_when_the_daemon_says_so) {
    const std::string lost = R"({"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"gone"}})";
    EXPECT_TRUE(is_session_lost(refusal(404, lost)));
    EXPECT_FALSE(is_session_lost(refusal(400, lost)));
    EXPECT_FALSE(
        is_session_lost(refusal(404, R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no"}})")));
    EXPECT_FALSE(is_session_lost(refusal(404, "Not Found")));
}

}  // namespace
}  // namespace agenthub
