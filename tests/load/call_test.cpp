// Right answers pass, every kind of wrong one is told.

#include "load/call.hpp"

#include <gtest/gtest.h>

namespace agenthub::load {
namespace {

std::string answer(const std::string& id, const std::string& text) {
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":{"content":[{"type":"text","text":")" + text + R"("}]}})";
}

std::string progress(const std::string& token) {
    return R"(data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":)" + token +
           ",\"progress\":1}}\n\n";
}

class CallTest : public ::testing::Test {
protected:
    CallTest() { options.payload = 8; }
    Options options;
};

TEST_F(CallTest, ids_collide_across_sessions_and_texts_do_not) {
    EXPECT_EQ(
        Call(options, 0, 7).body(),
        R"({"jsonrpc":"2.0","id":"7","method":"tools/call","params":{"name":"echo","arguments":{"text":"0.7.hhhh"}}})");
    EXPECT_EQ(
        Call(options, 3, 7).body(),
        R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo","arguments":{"text":"3.7.kkkk"}}})");
    options.sse = true;
    options.ms = 5;
    EXPECT_NE(Call(options, 3, 7).body().find(R"("ms":5},"_meta":{"progressToken":7}}})"), std::string::npos);
}

TEST_F(CallTest, speaks_the_modern_era) {
    EXPECT_EQ(Call(options, 3, 7).fields(), "");
    options.modern = true;
    const Call call(options, 3, 7);
    EXPECT_EQ(call.fields(), "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: echo\r\n");
    EXPECT_NE(call.body().find(R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"),
              std::string::npos);
    options.sse = true;
    EXPECT_NE(
        Call(options, 3, 7).body().find(R"("io.modelcontextprotocol/clientCapabilities":{},"progressToken":7}}})"),
        std::string::npos);
}

TEST_F(CallTest, of_another_tool_id_and_success_are_checked) {
    options.arguments = R"({"a": 1})";
    const Call call(options, 3, 7);
    EXPECT_NE(call.body().find(R"("arguments":{"a": 1}}})"), std::string::npos);
    EXPECT_EQ(call.check(200, R"({"jsonrpc":"2.0","id":7,"result":{"content":[]}})", false), "");
    EXPECT_NE(call.check(200, R"({"jsonrpc":"2.0","id":8,"result":{"content":[]}})", false), "");
    EXPECT_NE(call.check(200, R"({"jsonrpc":"2.0","id":7,"result":{"content":[],"isError":true}})", false), "");
    EXPECT_NE(call.check(200, R"({"jsonrpc":"2.0","id":7,"error":{"code":-32603,"message":"m"}})", false), "");
}

TEST_F(CallTest, only_the_right_answer_passes) {
    const Call call(options, 3, 7);
    EXPECT_EQ(call.check(200, answer("7", "3.7.kkkk"), false), "");
    EXPECT_EQ(call.check(200, "data: \n\ndata: " + answer("7", "3.7.kkkk") + "\r\n\r\n", true), "");
    EXPECT_NE(call.check(202, answer("7", "3.7.kkkk"), false), "");
    EXPECT_NE(call.check(200, answer("\"7\"", "3.7.kkkk"), false), "");
    EXPECT_NE(call.check(200, answer("8", "3.7.kkkk"), false), "");
    EXPECT_NE(call.check(200, answer("7", "5.7.kkkk"), false), "");
    EXPECT_NE(call.check(200, answer("7", "3.7.kkkkx"), false), "");
    EXPECT_NE(call.check(200, R"({"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"m"}})", false), "");
    EXPECT_NE(call.check(200, "", false), "");
    EXPECT_NE(
        call.check(200, "data: " + answer("7", "3.7.kkkk") + "\n\ndata: " + answer("7", "3.7.kkkk") + "\n\n", true),
        "");
}

TEST_F(CallTest, blobs_are_filled_up) {
    options.bytes = 12;
    const Call call(options, 3, 7);
    EXPECT_EQ(call.check(200, answer("7", "3.7.kkkkxxxx"), false), "");
    EXPECT_NE(call.check(200, answer("7", "3.7.kkkkxxx"), false), "");
    EXPECT_NE(call.check(200, answer("7", "3.7.kkkkxxxy"), false), "");
}

TEST_F(CallTest, progress_must_come_once_before_the_answer_with_its_own_token) {
    options.sse = true;
    const Call call(options, 3, 7);
    const std::string last = "data: " + answer("7", "3.7.kkkk") + "\n\n";
    EXPECT_EQ(call.check(200, progress("7") + last, true), "");
    EXPECT_NE(call.check(200, last, true), "");
    EXPECT_NE(call.check(200, answer("7", "3.7.kkkk"), false), "");
    EXPECT_NE(call.check(200, progress("\"7\"") + last, true), "");
    EXPECT_NE(call.check(200, last + progress("7"), true), "");
    EXPECT_NE(call.check(200, progress("7") + progress("7") + last, true), "");
}

}  // namespace
}  // namespace agenthub::load
