#include "mcp/era_error.hpp"

#include <gtest/gtest.h>

namespace agenthub::mcp {
namespace {

Message parsed(const std::string& text) {
    auto message = Message::parse(text);
    EXPECT_TRUE(message.has_value()) << text;
    return std::move(*message);
}

const Message kRead =
    parsed(R"({"jsonrpc":"2.0","id":"c","method":"resources/read","params":{"uri":"file:\/\/a\"b"}})");
const Message kCall = parsed(R"({"jsonrpc":"2.0","id":"c","method":"tools/call","params":{"name":"a"}})");

Message error(std::string_view rest) {
    return parsed(R"({"jsonrpc":"2.0","id":7,"error":{)" + std::string(rest) + "}}");
}

TEST(ErrorForModern, a_resource_not_found_names_its_uri_under_the_modern_code) {
    const auto made = error_for_modern(error(R"("code":-32002,"message":"no \"such\"","data":{"x":1})"), kRead);
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(
        *made,
        R"({"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"no \"such\"","data":{"uri":"file:\/\/a\"b"}}})");
    const auto again = Message::parse(*made);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->id_span().of(again->text()), "7");
    EXPECT_EQ(again->error_code(), -32602);
}

TEST(ErrorForModern, without_a_uri_keeps_the_data) {
    EXPECT_EQ(error_for_modern(error(R"("code":-32002,"message":"no","data":[1])"), kCall),
              R"({"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"no","data":[1]}})");
    EXPECT_EQ(error_for_modern(error(R"("code":-32002)"), kCall),
              R"({"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"the server gave no reason"}})");
}

TEST(ErrorForModern, invalid_params_of_a_read_that_say_nothing_name_the_uri) {
    EXPECT_EQ(error_for_modern(error(R"("code":-32602,"message":"no")"), kRead),
              R"({"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"no","data":{"uri":"file:\/\/a\"b"}}})");
    EXPECT_FALSE(error_for_modern(error(R"("code":-32602,"message":"no","data":1)"), kRead));
    EXPECT_FALSE(error_for_modern(error(R"("code":-32602,"message":"no")"), kCall));
}

TEST(ErrorForModern, other_codes_pass) {
    for (const char* code : {"-32601", "-32042", "-32003", "-32001", "1"})
        EXPECT_FALSE(error_for_modern(error(R"("message":"no","code":)" + std::string(code)), kRead)) << code;
    EXPECT_FALSE(error_for_modern(parsed(R"({"jsonrpc":"2.0","id":7,"result":{"code":-32002}})"), kRead));
}

TEST(ErrorForLegacy, a_resource_not_found_has_its_old_code) {
    EXPECT_EQ(error_for_legacy(error(R"("code":-32602,"message":"no","data":{"uri":"u"})"), kRead),
              R"({"jsonrpc":"2.0","id":7,"error":{"code":-32002,"message":"no","data":{"uri":"u"}}})");
    EXPECT_FALSE(error_for_legacy(error(R"("code":-32602,"message":"no","data":{"x":"u"})"), kRead));
    EXPECT_FALSE(error_for_legacy(error(R"("code":-32602,"message":"no","data":3)"), kRead));
    EXPECT_FALSE(error_for_legacy(error(R"("code":-32602,"message":"no")"), kRead));
    EXPECT_FALSE(error_for_legacy(error(R"("code":-32602,"message":"no","data":{"uri":"u"})"), kCall));
}

TEST(ErrorForLegacy, the_modern_codes_become_internal_errors) {
    for (const char* code : {"-32020", "-32021", "-32022", "-32099"})
        EXPECT_EQ(error_for_legacy(error(R"("message":"no","code":)" + std::string(code)), kCall),
                  R"({"jsonrpc":"2.0","id":7,"error":{"code":-32603,"message":"no"}})")
            << code;
    for (const char* code : {"-32019", "-32100", "-32042", "-32000", "-32603"})
        EXPECT_FALSE(error_for_legacy(error(R"("message":"no","code":)" + std::string(code)), kCall)) << code;
}

}  // namespace
}  // namespace agenthub::mcp
