#include "mcp/input_required.hpp"

#include <gtest/gtest.h>

namespace agenthub::mcp {
namespace {

Message parsed(const std::string& text) {
    auto message = Message::parse(text);
    EXPECT_TRUE(message.has_value()) << text;
    return std::move(*message);
}

Message reply(std::string_view result) {
    return parsed(R"({"jsonrpc":"2.0","id":7,"result":)" + std::string(result) + "}");
}

Message request(std::string_view params) {
    return parsed(R"({"jsonrpc":"2.0","id":7,"method":"tools/call")" +
                  (params.empty() ? std::string() : R"(,"params":)" + std::string(params)) + "}");
}

TEST(InputRequired, is_read_with_plain_keys_and_methods) {
    const auto m =
        reply(R"({"resultType":"input_required","inputRequests":{"k\u00e9\"":{"method":"elicitation\/create",)"
              R"("params":{"m":1.0}},"b":{"method":"roots/list"}},"requestState":"s\"t"})");
    EXPECT_TRUE(demands_input(m));
    const auto read = read_input_required(m);
    ASSERT_TRUE(read.has_value());
    ASSERT_EQ(read->requests.size(), 2U);
    EXPECT_EQ(read->requests[0].key, "ké\"");
    EXPECT_EQ(read->requests[0].method, "elicitation/create");
    EXPECT_EQ(read->requests[0].params, R"({"m":1.0})");
    EXPECT_EQ(read->requests[1].params, "");
    EXPECT_EQ(read->request_state, R"("s\"t")");
}

TEST(InputRequired, needs_requests_or_a_state) {
    EXPECT_TRUE(read_input_required(reply(R"({"resultType":"input_required","requestState":"s"})")).has_value());
    EXPECT_TRUE(read_input_required(reply(R"({"resultType":"input_required","inputRequests":{}})")).has_value());
    EXPECT_FALSE(read_input_required(reply(R"({"resultType":"input_required"})")).has_value());
}

TEST(InputRequired, of_wrong_types_is_not_read) {
    for (const char* rest :
         {R"("inputRequests":[])", R"("inputRequests":null)", R"("requestState":1)", R"("inputRequests":{"k":1})",
          R"("inputRequests":{"k":{"params":{}}})", R"("inputRequests":{"k":{"method":1}})",
          R"("inputRequests":{"k":{"method":"m","params":1}})"}) {
        const auto m = reply(R"({"resultType":"input_required",)" + std::string(rest) + "}");
        EXPECT_TRUE(demands_input(m)) << rest;
        EXPECT_FALSE(read_input_required(m).has_value()) << rest;
    }
    for (const char* result : {"{}", R"({"resultType":"complete","requestState":"s"})", R"({"resultType":1})", "[]"}) {
        EXPECT_FALSE(demands_input(reply(result))) << result;
        EXPECT_FALSE(read_input_required(reply(result)).has_value()) << result;
    }
}

TEST(InputRequired, is_written_as_it_is_read) {
    const std::vector<InputRequest> requests{{"gw-\"1", "elicitation/create", R"({"m":1.0})"}, {"b", "roots/list", ""}};
    const std::string text = make_input_required(requests, "state");
    EXPECT_EQ(text, R"({"resultType":"input_required","inputRequests":{"gw-\"1":{"method":"elicitation/create",)"
                    R"("params":{"m":1.0}},"b":{"method":"roots/list"}},"requestState":"state"})");
    const auto m = reply(text);
    const auto read = read_input_required(m);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->requests[0].key, requests[0].key);
    EXPECT_EQ(make_input_required({}, "s"), R"({"resultType":"input_required","requestState":"s"})");
    EXPECT_EQ(make_input_required({{"b", "roots/list", ""}}, ""),
              R"({"resultType":"input_required","inputRequests":{"b":{"method":"roots/list"}}})");
}

TEST(InputRetry, is_read_from_the_params) {
    const auto m = request(R"({"name":"a","inputResponses":{"k\u0031":{"action":"accept"}},"requestState":"s"})");
    const auto retry = read_retry(m);
    ASSERT_TRUE(retry.has_value());
    ASSERT_EQ(retry->responses.size(), 1U);
    EXPECT_EQ(retry->responses[0].key, "k1");
    EXPECT_EQ(retry->responses[0].result, R"({"action":"accept"})");
    EXPECT_EQ(retry->request_state, R"("s")");
    EXPECT_FALSE(retry->empty());
}

TEST(InputRetry, is_empty_for_a_first_request) {
    for (const char* params : {"", "{}", R"({"name":"a","arguments":{"requestState":"x"}})"}) {
        const auto retry = read_retry(request(params));
        ASSERT_TRUE(retry.has_value()) << params;
        EXPECT_TRUE(retry->empty()) << params;
    }
}

TEST(InputRetry, is_found_however_its_names_are_spelled_and_the_last_of_two_counts) {
    const auto request = Message::parse(
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"requestState":"a","inputRe\u0073ponses":{"k":{}},)"
        R"("arguments":{"inputResponses":{"no":{}},"requestState":"no"},"requestStat\u0065":"b"}})");
    ASSERT_TRUE(request.has_value());
    const auto retry = read_retry(*request);
    ASSERT_TRUE(retry.has_value());
    EXPECT_EQ(retry->request_state, R"("b")");
    ASSERT_EQ(retry->responses.size(), 1U);
    EXPECT_EQ(retry->responses.front().key, "k");
}

TEST(InputRetry, of_wrong_types_is_refused) {
    for (const char* params : {R"({"inputResponses":[]})", R"({"inputResponses":null})", R"({"requestState":1})",
                               R"({"requestState":null})", R"({"inputResponses":{"k":"accept"}})"}) {
        const auto retry = read_retry(request(params));
        ASSERT_TRUE(retry.has_error()) << params;
        EXPECT_EQ(retry.error().code, errc::invalid_params);
    }
}

TEST(InputRetry, puts_the_answers_in_place_of_those_that_stand_there) {
    const std::vector<InputResponse> answers{{"a\"", R"({"x":1.0})"}, {"b", "{}"}};
    const std::string made = with_input_responses(
        request(R"({"requestState":"old", "name" : "t","inputResponses":{},"z":1.0})"), answers, R"("s\u0031")");
    EXPECT_EQ(made,
              R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"inputResponses":{"a\"":{"x":1.0},"b":{}},)"
              R"("requestState":"s\u0031","name":"t","z":1.0}})");
    const auto m = parsed(made);
    const auto retry = read_retry(m);
    ASSERT_TRUE(retry.has_value());
    EXPECT_EQ(retry->responses[0].key, "a\"");
}

TEST(InputRetry, makes_params_and_leaves_out_what_is_not_given) {
    EXPECT_EQ(with_input_responses(request(""), {{"a", "{}"}}, ""),
              R"({"params":{"inputResponses":{"a":{}}},"jsonrpc":"2.0","id":7,"method":"tools/call"})");
    EXPECT_EQ(with_input_responses(request(R"({"name":"t","requestState":"old"})"), {}, ""),
              R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"t"}})");
    EXPECT_EQ(with_input_responses(request("{}"), {}, R"("s")"),
              R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"requestState":"s"}})");
}

}  // namespace
}  // namespace agenthub::mcp
