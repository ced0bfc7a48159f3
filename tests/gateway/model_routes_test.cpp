// The pure parts of what is passed through to Ollama: keys, errors, header fields, targets.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "gateway/api_keys.hpp"
#include "gateway/model_error.hpp"
#include "gateway/ollama_routes.hpp"
#include "gateway/openai_routes.hpp"
#include "tests/gateway/test_request.hpp"

namespace agenthub {
namespace {

using nlohmann::json;
using Fields = std::vector<std::string>;

TEST(ApiKeys, a_bearer_token_is_what_follows_the_scheme) {
    EXPECT_EQ(bearer_token("Bearer abc"), "abc");
    EXPECT_EQ(bearer_token("bearer  abc "), "abc");
    for (const char* text : {"", "Bearer", "Bearer ", "abc", "Basic abc", "Bearerabc"})
        EXPECT_EQ(bearer_token(text), "") << text;
}

TEST(ApiKeys, are_found_by_their_digest_alone) {
    std::vector<ApiKey> keys(3);
    keys[0].digest = sha256_hex("one");
    keys[1].digest = sha256_hex("two");
    keys[2].digest = "";  // no key fits it, and no token
    EXPECT_EQ(find_key(keys, "one"), &keys[0]);
    EXPECT_EQ(find_key(keys, "two"), &keys[1]);
    for (const std::string& token : {std::string(), std::string("on"), std::string("one "), keys[0].digest})
        EXPECT_EQ(find_key(keys, token), nullptr) << token;
    EXPECT_EQ(find_key({}, "one"), nullptr);
}

TEST(ModelError, has_the_members_that_older_and_official_clients_read) {
    const json native = json::parse(model_error_body(ModelDialect::native, 502, "it is \"away\"", "x"));
    EXPECT_EQ(native, json::parse(R"({"detail":"it is \"away\"","error":"it is \"away\""})"));
    const json openai = json::parse(model_error_body(ModelDialect::openai, 502, "away", "upstream_failed"));
    EXPECT_EQ(openai["detail"]["error"], openai["error"]);
    EXPECT_EQ(openai["error"], json::parse(R"({"message":"away","type":"api_error","param":null,)"
                                           R"("code":"upstream_failed"})"));
    EXPECT_TRUE(json::parse(model_error_body(ModelDialect::openai, 404, "x", ""))["error"]["code"].is_null());
}

TEST(ModelError, has_the_status_of_its_code_and_says_when_to_come_back) {
    const Error open(errc::breaker_open, "open", std::chrono::milliseconds(1001));
    const HttpReply reply = model_error_reply(ModelDialect::native, open);
    EXPECT_EQ(reply.status, 503u);
    ASSERT_EQ(reply.headers.size(), 1u);
    EXPECT_EQ(reply.headers[0].first, "Retry-After");
    EXPECT_EQ(reply.headers[0].second, "2");
    EXPECT_EQ(model_error_reply(ModelDialect::native, Error(errc::upstream_unreachable, "x")).status, 502u);
    EXPECT_EQ(model_error_reply(ModelDialect::openai, Error(errc::call_timeout, "x")).status, 504u);
}

TEST(ModelError, knows_its_paths) {
    ModelDialect dialect = ModelDialect::openai;
    EXPECT_TRUE(is_model_path("/ollama/api/chat", dialect));
    EXPECT_EQ(dialect, ModelDialect::native);
    EXPECT_TRUE(is_model_path("/v1/nothing", dialect));
    EXPECT_EQ(dialect, ModelDialect::openai);
    for (const char* path : {"/", "/ollama/enhance", "/v1", "/mcp/v1/", "/health"})
        EXPECT_FALSE(is_model_path(path, dialect)) << path;
}

TEST(ModelFields, only_what_concerns_the_model_goes_to_it) {
    const TestRequest asked(http::verb::post, "/v1/chat/completions",
                            {{"Host", "localhost"},
                             {"authorization", "Bearer secret"},
                             {"content-TYPE", "application/json"},
                             {"Cookie", "a=b"},
                             {"Origin", "https://app.example"},
                             {"Content-Length", "3"},
                             {"Transfer-Encoding", "chunked"},
                             {"Connection", "close, X-Mine"},
                             {"X-Mine", "1"},
                             {"X-Client-ID", "me"},
                             {"Expect", "100-continue"},
                             {"Accept", "text/event-stream"}});
    Fields names;
    for (const auto& [name, value] : fields_for_model(asked.request))
        names.push_back(name + "=" + value);
    EXPECT_EQ(names, (Fields{"content-TYPE=application/json", "Accept=text/event-stream"}));
}

TEST(ModelFields, what_belongs_to_the_connection_does_not_go_to_the_client) {
    const HttpFields fields{{"Content-Type", "x"},
                            {"Connection", "keep-alive, X-Hop"},
                            {"x-hop", "1"},
                            {"Keep-Alive", "timeout=5"},
                            {"Transfer-Encoding", "y"},
                            {"Content-Length", "3"},
                            {"Date", "today"},
                            {"Access-Control-Allow-Origin", "*"},
                            {"X-Request-ID", "theirs"},
                            {"Trailer", "z"},
                            {"Set-Cookie", "a=b"},
                            {"Set-Cookie", "c=d"},
                            {"Content-Encoding", "gzip"}};
    EXPECT_EQ(lines_for_client(ModelDialect::native, fields),
              "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\nContent-Encoding: gzip\r\n");
}

TEST(ModelFields, redirects_lead_where_the_client_finds_them) {
    const HttpFields moved{{"location", "/api/chat?x"}};
    EXPECT_EQ(lines_for_client(ModelDialect::native, moved), "location: /ollama/api/chat?x\r\n");
    EXPECT_EQ(lines_for_client(ModelDialect::openai, moved), "location: /api/chat?x\r\n");
    const HttpFields other{{"Location", "https://ollama.com/api/"}, {"X-Path", "/api/"}};
    EXPECT_EQ(lines_for_client(ModelDialect::native, other), "Location: https://ollama.com/api/\r\nX-Path: /api/\r\n");
}

TEST(OllamaRoutes, leads_to_the_same_path_at_ollama) {
    EXPECT_EQ(ollama_target("/ollama/api/chat", ""), "/api/chat");
    EXPECT_EQ(ollama_target("/ollama/api/blobs/sha256%3Aab", "a=b&c"), "/api/blobs/sha256%3Aab?a=b&c");
    EXPECT_EQ(ollama_target("/llm/api/chat", "a"), "/api/chat?a");
    EXPECT_EQ(ollama_target("/v1/models/a/b:c", ""), "/v1/models/a/b:c");
    EXPECT_EQ(ollama_target("/v1/models/a/api/c", ""), "/v1/models/a/api/c");
}

TEST(OllamaRoutes, knows_paths_that_lead_elsewhere) {
    for (const char* path :
         {"/ollama/api/../v1", "/ollama/api/..", "/v1/models/./x", "/ollama/api/%2e%2E/x", "/ollama/api/x%2f..%2fy"})
        EXPECT_TRUE(has_dot_segments(path)) << path;
    for (const char* path : {"/ollama/api/chat", "/v1/models/a..b", "/v1/models/...", "/v1/models/hf.co/x:Q4"})
        EXPECT_FALSE(has_dot_segments(path)) << path;
}

}  // namespace
}  // namespace agenthub
