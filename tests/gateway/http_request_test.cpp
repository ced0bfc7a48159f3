#include "gateway/http_request.hpp"

#include <gtest/gtest.h>

#include "tests/gateway/test_request.hpp"

namespace agenthub {
namespace {

TEST(PercentDecode, resolves_escapes_and_plus) {
    EXPECT_EQ(percent_decode(""), "");
    EXPECT_EQ(percent_decode("plain-text_1.2~"), "plain-text_1.2~");
    EXPECT_EQ(percent_decode("a%20b+c"), "a b c");
    EXPECT_EQ(percent_decode("%41%4a%4A%7e"), "AJJ~");
    EXPECT_EQ(percent_decode("%2B%25%26"), "+%&");
    EXPECT_EQ(percent_decode("%e2%82%ac"), "\xe2\x82\xac");
    EXPECT_EQ(percent_decode("%00"), std::string(1, '\0'));
    EXPECT_EQ(percent_decode("%2541"), "%41") << "once, not twice";
}

TEST(PercentDecode, leaves_broken_escapes_as_they_are) {
    for (const std::string_view text : {"%", "%4", "%%", "%g1", "%1g", "a%", "a%4", "%-1", "% 1"})
        EXPECT_EQ(percent_decode(text), text);
    EXPECT_EQ(percent_decode("%%41"), "%A");
    EXPECT_EQ(percent_decode("%4%41"), "%4A");
}

std::optional<std::string> value_of(std::string_view query, std::string_view name) {
    const TestRequest test(http::verb::get, "/x?" + std::string(query));
    return test.request.query_value(name);
}

TEST(QueryValue, is_the_first_of_its_name) {
    EXPECT_EQ(value_of("a=1&b=2&a=3", "a"), "1");
    EXPECT_EQ(value_of("a=1&b=2", "b"), "2");
    EXPECT_EQ(value_of("a=1", "A"), std::nullopt);
    EXPECT_EQ(value_of("aa=1&a", "a"), "");
    EXPECT_EQ(value_of("a=", "a"), "");
    EXPECT_EQ(value_of("a=b=c", "a"), "b=c");
    EXPECT_EQ(value_of("a%62=c%26d", "ab"), "c&d");
    EXPECT_EQ(value_of("", "a"), std::nullopt);
    EXPECT_EQ(value_of("&&=&a=1&", "a"), "1");
    EXPECT_EQ(value_of("=x", ""), "x");
}

TEST(HttpRequest, finds_fields_in_any_case_and_without_blanks_around) {
    const TestRequest test(http::verb::get, "/x", {{"X-Client-ID", " \tme\t "}, {"Origin", ""}});
    EXPECT_EQ(test.request.header("x-client-id"), "me");
    EXPECT_EQ(test.request.header("X-CLIENT-NAME"), "");
    EXPECT_FALSE(test.request.has_header("X-Client-Name"));
    EXPECT_TRUE(test.request.has_header("origin"));
    EXPECT_EQ(test.request.header("origin"), "");
}

TEST(HttpReply, outside_of_mcp_is_a_detail) {
    const HttpReply reply = detail_reply(404, "no \"x\"");
    EXPECT_EQ(reply.status, 404u);
    EXPECT_EQ(reply.content_type, "application/json");
    EXPECT_EQ(reply.body, R"({"detail":"no \"x\""})");
}

TEST(HttpReply, has_a_reason_phrase_for_every_status_used) {
    for (const unsigned status : {200u, 202u, 204u, 400u, 403u, 404u, 405u, 406u, 408u, 409u,
                                  413u, 415u, 422u, 431u, 500u, 501u, 502u, 503u, 504u, 505u})
        EXPECT_NE(reason_phrase(status), "<unknown-status>") << status;
    EXPECT_EQ(reason_phrase(404), "Not Found");
}

}  // namespace
}  // namespace agenthub
