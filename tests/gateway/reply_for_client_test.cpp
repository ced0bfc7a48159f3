#include "gateway/reply_for_client.hpp"

#include <gtest/gtest.h>

#include "mcp/replies.hpp"
#include "tests/bridge/test_exchange.hpp"

namespace agenthub {
namespace {

mcp::Message read_request() {
    return message_of(mcp::make_call(R"("r")", "resources/read", R"({"uri":"file:///a"})"));
}

std::string for_legacy(const std::string& reply, mcp::Revision client, bool modern_server) {
    auto message = message_of(reply);
    adapt_for_legacy(message, read_request(), client, modern_server);
    return message.text();
}

TEST(ReplyForClient, a_legacy_servers_reply_keeps_its_bytes) {
    const std::string reply = R"({ "jsonrpc":"2.0","id":1,"result":{"resultType":"x","ttlMs":1.0} })";
    EXPECT_EQ(for_legacy(reply, mcp::Revision::r2025_11_25, false), reply);
}

TEST(ReplyForClient, what_only_modern_servers_say_is_left_out) {
    const std::string reply = for_legacy(
        mcp::make_response("1", R"({"resultType":"complete","x":1.0,"ttlMs":5,"cacheScope":"public","_meta":{"m":1}})"),
        mcp::Revision::r2025_11_25, true);
    for (const char* gone : {"resultType", "ttlMs", "cacheScope"})
        EXPECT_EQ(reply.find(gone), std::string::npos) << reply;
    EXPECT_NE(reply.find(R"("x":1.0)"), std::string::npos) << reply;
    EXPECT_NE(reply.find(R"("_meta":{"m":1})"), std::string::npos) << reply;
}

TEST(ReplyForClient, a_modern_servers_errors_have_legacy_codes) {
    const auto not_found = message_of(
        for_legacy(mcp::make_error("1", -32602, "no", R"({"uri":"file:///a"})"), mcp::Revision::r2025_11_25, true));
    EXPECT_EQ(not_found.error_code(), -32002);
    const auto missing = message_of(for_legacy(mcp::make_error("1", -32021, "no"), mcp::Revision::r2025_11_25, true));
    EXPECT_TRUE(missing.error_code() < -32099 || missing.error_code() > -32020) << missing.text();
}

TEST(ReplyForClient, content_that_a_client_does_not_know_becomes_text) {
    const std::string audio =
        mcp::make_response("1", R"({"content":[{"type":"audio","data":"AA==","mimeType":"audio/wav"}]})");
    EXPECT_EQ(for_legacy(audio, mcp::Revision::r2025_11_25, false), audio);
    const std::string old = for_legacy(audio, mcp::Revision::r2024_11_05, false);
    EXPECT_NE(old.find(R"("type":"text")"), std::string::npos) << old;
}

TEST(ReplyForClient, nobodys_resource_is_not_found_by_the_legacy_code) {
    const auto reply = reply_of_nobody(read_request(), Error(errc::invalid_params, "no server offers it"));
    EXPECT_EQ(reply.id(), R"("r")");
    EXPECT_EQ(reply.error_code(), -32002);
    EXPECT_NE(reply.text().find(R"("uri":"file:///a")"), std::string::npos) << reply.text();
    const auto other = reply_of_nobody(message_of(mcp::make_call("1", "tools/call", "{}")),
                                       Error(errc::invalid_params, "no server offers it"));
    EXPECT_EQ(other.error_code(), -32602);
}

TEST(ReplyForClient, a_text_that_is_no_message_changes_nothing) {
    auto reply = message_of(mcp::make_response("1", "{}"));
    replace_text(reply, "{");
    EXPECT_EQ(reply.text(), mcp::make_response("1", "{}"));
}

}  // namespace
}  // namespace agenthub
