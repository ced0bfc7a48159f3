#include "cli/failure_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace agenthub {
namespace {

using nlohmann::json;

DaemonReply reply(int status, std::string media_type, std::string body) {
    DaemonReply out;
    out.status = status;
    out.media_type = std::move(media_type);
    out.body = std::move(body);
    return out;
}

std::string text_of(const DaemonReply& given) {
    return describe_http_reply(given, parse_daemon_url("http://127.0.0.1:9090").value()).message;
}

TEST(FailureText, an_rpc_error_tells_message_reason_code_and_next_step) {
    const Error error = describe_rpc_error(json::parse(
        R"({"code":-32603,"message":"busy now.","data":{"code":"AH-301","reason":"busy","retry":"later"}})"));
    EXPECT_EQ(error.code, errc::busy);
    EXPECT_EQ(error.message, "busy now (AH-301, busy, code -32603). Nothing was carried out; try again in a moment");
}

TEST(FailureText, every_reason_of_the_daemon_is_known_and_has_a_next_step) {
    for (int i = 0; i < kErrorCodes; ++i) {
        const auto code = static_cast<errc>(i);
        json error = {{"message", "m"}};
        error["data"]["reason"] = to_string(code);
        EXPECT_EQ(describe_rpc_error(error).code, code);
        EXPECT_GT(describe_rpc_error(error).message.size(), to_string(code).size() + 25) << to_string(code);
    }
}

TEST(FailureText, a_foreign_error_is_read_by_its_code) {
    EXPECT_EQ(describe_rpc_error(json::parse(R"({"code":-32602,"message":"unknown tool"})")).message,
              "unknown tool (code -32602). Check the name of the tool and its arguments");
    EXPECT_EQ(describe_rpc_error(json::parse(R"({"code":-32601,"message":"m"})")).code, errc::method_not_found);
    EXPECT_EQ(describe_rpc_error(json::parse(R"({"code":-1,"message":"m","data":{"reason":"own"}})")).message,
              "m (own, code -1). The log of `agenthub serve` tells more");
}

TEST(FailureText, malformed_errors_still_say_something) {
    EXPECT_NE(describe_rpc_error(json("oops")).message.find("no object"), std::string::npos);
    EXPECT_NE(describe_rpc_error(json::object()).message.find("without a message"), std::string::npos);
    EXPECT_NE(describe_rpc_error(json::parse(R"({"code":"x","message":7,"data":[1]})")).message.find("code \"x\""),
              std::string::npos);
    EXPECT_EQ(describe_rpc_error(json::parse(R"({"message":"a\u001b[2Jb"})")).message.find('\x1B'), std::string::npos);
}

TEST(FailureText, a_long_message_is_cut_at_2000_bytes) {
    const auto message = [](std::size_t size) {
        return describe_rpc_error({{"message", std::string(size, 'x')}}).message;
    };
    EXPECT_EQ(message(2000).find("…"), std::string::npos);
    EXPECT_NE(message(2001).find("x…"), std::string::npos);
}

TEST(FailureText, http_errors_with_a_json_rpc_body_read_as_that) {
    EXPECT_TRUE(text_of(reply(404, "application/json",
                              R"({"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"no server 'x'",)"
                              R"("data":{"reason":"server_unknown"}}})"))
                    .starts_with("no server 'x' (server_unknown, code -32600). `agenthub status` lists"));
}

TEST(FailureText, http_errors_with_a_detail_tell_it_with_the_status) {
    EXPECT_EQ(
        text_of(reply(503, "application/json", R"({"detail":"not initialised yet"})")),
        "AgentHub at http://127.0.0.1:9090 answered HTTP 503: not initialised yet. `agenthub status` shows how it is");
    EXPECT_NE(text_of(reply(422, "application/json", R"({"detail":[{"loc":["body"]}]})")).find("{\"loc\":[\"body\"]}"),
              std::string::npos);
}

TEST(FailureText, a_foreign_server_is_taken_for_one) {
    EXPECT_NE(text_of(reply(404, "text/html", "<html>")).find("HTTP 404 with text/html"), std::string::npos);
    EXPECT_NE(text_of(reply(200, "application/json", "[1]")).find("JSON of another shape"), std::string::npos);
    EXPECT_NE(text_of(reply(200, "application/json", "{")).find("a body that is not JSON"), std::string::npos);
    EXPECT_NE(text_of(reply(500, "", "")).find("no content type"), std::string::npos);
    EXPECT_NE(text_of(reply(404, "text/html", "")).find("--url or AGENTHUB_URL"), std::string::npos);
}

}  // namespace
}  // namespace agenthub
