#include "mcp/replies.hpp"

#include <gtest/gtest.h>

#include "mcp/message.hpp"

namespace agenthub::mcp {
namespace {

TEST(Replies, are_messages_that_our_own_reader_takes) {
    EXPECT_EQ(Message::parse(make_response("\"a\"", "{}"))->id(), "\"a\"");
    const auto error = Message::parse(make_error("3", -32000, "say \"why\"\n", R"({"x":1})"));
    EXPECT_EQ(error->error_code(), -32000);
    EXPECT_EQ(error->error_member(), R"({"code":-32000,"message":"say \"why\"\n","data":{"x":1}})");
    EXPECT_EQ(Message::parse(make_error("", -32700, "x"))->id(), "");
    EXPECT_EQ(Message::parse(make_call("1", "ping"))->method(), "ping");
    EXPECT_EQ(Message::parse(make_call("", "notifications/cancelled", R"({"requestId":1})"))->request_id(), "1");
}

}  // namespace
}  // namespace agenthub::mcp
