#include "gateway/compat_request.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

errc fault_of(std::string_view body, std::string_view path = "tools/call") {
    const auto read = read_compat_request(body, path);
    EXPECT_FALSE(read.message.has_value()) << body;
    return read.message.has_value() ? errc::internal : read.message.error().code;
}

TEST(CompatRequest, the_body_decides_whatever_the_path_is) {
    const auto read = read_compat_request(R"({"jsonrpc":"2.0","id":77,"method":"tools/list"})", "tools/call");
    ASSERT_TRUE(read.message.has_value());
    EXPECT_TRUE(read.message->is_call());
    EXPECT_EQ(read.message->method(), "tools/list");
    EXPECT_EQ(read.message->params(), "{}") << "as the prototype gave every request";
    EXPECT_EQ(read.id, "77");
}

TEST(CompatRequest, params_pass_as_they_are) {
    constexpr std::string_view kParams = R"({"name" : "a\u00fc","n":1.50,"x":{}})";
    const auto read =
        read_compat_request(R"({"id":"a","method":"tools/call","params":)" + std::string(kParams) + "}", "x");
    ASSERT_TRUE(read.message.has_value());
    EXPECT_EQ(read.message->params(), kParams);
    EXPECT_EQ(read.id, R"("a")");
}

TEST(CompatRequest, a_path_is_a_method_with_slashes_and_with_dots) {
    for (const char* path : {"tools/list", "tools.list"})
        for (const char* body : {"", "  ", "{}", R"({"id":1})", R"({"params":null})"}) {
            const auto read = read_compat_request(body, path);
            ASSERT_TRUE(read.message.has_value()) << body;
            EXPECT_EQ(read.message->method(), "tools/list");
            EXPECT_TRUE(read.message->is_call()) << "who posts without a method waits for an answer";
        }
    EXPECT_EQ(read_compat_request("{}", "resources.templates.list").message->method(), "resources/templates/list");
    EXPECT_EQ(fault_of("{}", "tools/lists"), errc::invalid_request);
    EXPECT_EQ(fault_of("{}", "notifications/initialized"), errc::invalid_request);
}

TEST(CompatRequest, every_scalar_id_comes_back_as_it_was_written) {
    for (const char* id : {"0", "-7", "1.5", "12345678901234567890", R"("")", R"("a\u00fc")", "null"}) {
        const auto read = read_compat_request(R"({"method":"ping","id":)" + std::string(id) + "}", "x");
        ASSERT_TRUE(read.message.has_value()) << id;
        EXPECT_TRUE(read.message->is_call()) << id;
        EXPECT_EQ(read.id, id);
    }
    for (const char* id : {"{}", "[]", "true", "false"})
        EXPECT_EQ(fault_of(R"({"method":"ping","id":)" + std::string(id) + "}"), errc::invalid_request) << id;
}

TEST(CompatRequest, without_an_id_it_is_a_notification) {
    const auto read =
        read_compat_request(R"({"jsonrpc":"2.0","method":"notifications/x","params":{"a":1}})", "tools/call");
    ASSERT_TRUE(read.message.has_value());
    EXPECT_EQ(read.message->kind(), mcp::Kind::notification);
    EXPECT_EQ(read.id, "");
}

TEST(CompatRequest, what_is_not_json_is_a_parse_error) {
    for (const char* body : {"{", "nonsense", "{\"id\":1,}", "\xff", R"({"id":1} {})"})
        EXPECT_EQ(fault_of(body), errc::parse_error) << body;
    EXPECT_EQ(fault_of(std::string(100'000, '[')), errc::parse_error);
}

TEST(CompatRequest, what_is_no_request_is_invalid) {
    for (const char* body : {"[]", R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])", "7", "null", R"("tools/list")",
                             R"({"method":1,"id":1})", R"({"method":"","id":1})",
                             R"({"jsonrpc":"1.0","method":"ping","id":1})", R"({"id":1,"result":{}})"})
        EXPECT_EQ(fault_of(body, "tools/list"), errc::invalid_request) << body;
    EXPECT_EQ(fault_of(R"({"method":"ping","id":1,"params":[]})"), errc::invalid_params);
    EXPECT_EQ(read_compat_request(R"({"id":5,"method":1})", "x").id, "5") << "a fault names the request, too";
}

TEST(SchemaProperties, are_put_where_an_object_has_none) {
    EXPECT_EQ(with_schema_properties(R"({"tools":[{"name":"a","inputSchema":{"type":"object"}}],"nextCursor":"c"})"),
              R"({"tools":[{"name":"a","inputSchema":{"properties":{},"type":"object"}}],"nextCursor":"c"})");
}

TEST(SchemaProperties, leave_everything_else_as_it_is) {
    for (const char* result : {R"({ "tools" : [ {"inputSchema":{"type":"object","properties":{}}} ] })",
                               R"({"tools":[{"name":"a"},{"inputSchema":{}},{"inputSchema":{"type":"string"}}]})",
                               R"({"tools":[{"inputSchema":{"type":["object"]}}]})", R"({"tools":7})", "{}", "[]"})
        EXPECT_EQ(with_schema_properties(result), result);
}

}  // namespace
}  // namespace agenthub
