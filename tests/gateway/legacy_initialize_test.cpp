// What a legacy client says of itself.

#include "gateway/legacy_initialize.hpp"

#include <gtest/gtest.h>

#include "tests/gateway/test_request.hpp"

namespace agenthub {
namespace {

struct CallerFrom : testing::Test {
    result<mcp::Caller> caller(std::string_view params) { return caller_from(asked.request, params, version); }

    TestRequest asked{http::verb::post, "/mcp/x"};
    std::string version;
};

TEST_F(CallerFrom, keeps_what_the_client_says_as_it_is_written) {
    const auto found = caller(R"({"protocolVersion":"2025-06-18","capabilities":{"roots": {}, "x":1.50},)"
                              R"("clientInfo":{"version":"1","name":"a\u0062"},"other":[1]})");
    ASSERT_TRUE(found);
    EXPECT_EQ(version, "2025-06-18");
    EXPECT_EQ(found->capabilities, R"({"roots": {}, "x":1.50})");
    EXPECT_EQ(found->client_info, R"({"version":"1","name":"a\u0062"})");
    EXPECT_EQ(found->client_id, "ab");
    EXPECT_TRUE(found->can_answer);
}

TEST_F(CallerFrom, takes_what_is_missing_or_of_another_type_for_nothing) {
    for (const char* params : {"", "{}", "[]", R"({"protocolVersion":1,"capabilities":[],"clientInfo":"x"})",
                               R"({"clientInfo":{"name":""}})", R"({"clientInfo":{"name":7}})"}) {
        const auto found = caller(params);
        ASSERT_TRUE(found) << params;
        EXPECT_EQ(version, "") << params;
        EXPECT_EQ(found->capabilities, "{}") << params;
        EXPECT_EQ(found->client_id, "anonymous") << params;
        EXPECT_FALSE(found->can_answer) << params;
    }
}

TEST_F(CallerFrom, a_header_field_names_the_client_before_it_does_itself) {
    asked.fields.insert("X-Client-ID", "header");
    const auto found = caller(R"({"clientInfo":{"name":"own"}})");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->client_id, "header");
}

// Each session keeps it.
TEST_F(CallerFrom, what_is_kept_is_bounded) {
    const std::string frame = R"({"name":""})";
    const auto info = [&frame](std::size_t size) {
        return R"({"capabilities":{},"clientInfo":{"name":")" + std::string(size - frame.size() - 2, 'x') + "\"}}";
    };
    const auto most = caller(info(kMaxIntroduction));
    ASSERT_TRUE(most);
    EXPECT_EQ(most->client_info.size() + most->capabilities.size(), kMaxIntroduction);
    const auto beyond = caller(info(kMaxIntroduction + 1));
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().code, errc::invalid_request);
    EXPECT_NE(beyond.error().message.find("clientInfo"), std::string::npos);
}

// A tree of it would be put together in quadratic time, and keep every client waiting for minutes.
TEST_F(CallerFrom, very_many_members_cost_no_more_than_their_bytes) {
    std::string params = "{";
    for (int i = 0; i < 1'000'000; ++i)
        params += "\"" + std::to_string(i) + "\":0,";
    params += R"("clientInfo":{"name":"patient"}})";
    const auto began = std::chrono::steady_clock::now();
    const auto found = caller(params);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->client_id, "patient");
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

}  // namespace
}  // namespace agenthub
