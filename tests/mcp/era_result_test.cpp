#include "mcp/era_result.hpp"

#include <gtest/gtest.h>

#include "mcp/names.hpp"

namespace agenthub::mcp {
namespace {

constexpr std::string_view kInfo = R"({"name":"s"})";

std::string reply(std::string_view result) {
    return R"({"jsonrpc":"2.0","id":7,"result":)" + std::string(result) + "}";
}

std::string patched(const Message& m, PatchList& patches) {
    patches.add(m.id_span(), "99");
    std::string out;
    m.append_patched(out, patches);
    const auto again = Message::parse(out);
    EXPECT_TRUE(again.has_value()) << out;
    const std::string_view head = R"({"jsonrpc":"2.0","id":99,"result":)";
    EXPECT_TRUE(out.starts_with(head)) << out;
    return out.substr(head.size(), out.size() - head.size() - 1);
}

std::string completed(std::string_view result, const ResultExtras& extras) {
    const auto m = Message::parse(reply(result));
    EXPECT_TRUE(m.has_value()) << result;
    PatchList patches;
    std::string scratch;
    complete_result(*m, extras, patches, scratch);
    return patched(*m, patches);
}

std::string reduced(std::string_view result) {
    const auto m = Message::parse(reply(result));
    EXPECT_TRUE(m.has_value()) << result;
    PatchList patches;
    reduce_result(*m, patches);
    return patched(*m, patches);
}

const ResultExtras kPlain{false, 0, true, {}};
const ResultExtras kInformed{false, 0, true, kInfo};
const ResultExtras kListed{true, 5000, false, {}};

TEST(CompleteResult, adds_the_type_to_every_result) {
    EXPECT_EQ(completed("{}", kPlain), R"({"resultType":"complete"})");
    EXPECT_EQ(completed("{ }", kPlain), R"({"resultType":"complete" })");
    EXPECT_EQ(completed(R"({ "content":[1.0]})", kPlain), R"({"resultType":"complete", "content":[1.0]})");
}

TEST(CompleteResult, adds_how_long_a_cacheable_result_holds) {
    EXPECT_EQ(completed("{}", kListed), R"({"resultType":"complete","ttlMs":5000,"cacheScope":"public"})");
    EXPECT_EQ(completed(R"({"a":1})", {true, 0, true, {}}),
              R"({"resultType":"complete","ttlMs":0,"cacheScope":"private","a":1})");
}

TEST(CompleteResult, adds_the_server_info) {
    EXPECT_EQ(completed("{}", kInformed),
              R"({"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}}})");
    EXPECT_EQ(completed(R"({"a":1})", kInformed),
              R"({"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}},"a":1})");
    EXPECT_EQ(completed(R"({"_meta":{"k":1}})", kInformed),
              R"({"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"},"k":1}})");
    EXPECT_EQ(completed(R"({"_meta":{ }})", kInformed),
              R"({"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"} }})");
    EXPECT_EQ(completed(R"({"_meta":null,"a":1})", kInformed),
              R"({"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}},"a":1})");
}

TEST(CompleteResult, adds_nothing_that_stands_there) {
    const std::string whole =
        R"({"resultType":"x","ttlMs":1,"cacheScope":"y","_meta":{"io.modelcontextprotocol/serverInfo":{}}})";
    EXPECT_EQ(completed(whole, {true, 2, true, kInfo}), whole);
    EXPECT_EQ(completed(R"({"ttlMs":1})", kListed), R"({"resultType":"complete","cacheScope":"public","ttlMs":1})");
    EXPECT_EQ(completed(R"({"resultType":"complete","_meta":{}})", kInformed),
              R"({"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}}})");
    EXPECT_EQ(completed(R"({"r\u0065sultType":"task"})", kPlain), R"({"r\u0065sultType":"task"})");
}

TEST(CompleteResult, leaves_a_result_alone_that_is_no_object) {
    EXPECT_EQ(completed("[1]", {true, 2, true, kInfo}), "[1]");
    EXPECT_EQ(completed("null", kInformed), "null");
}

TEST(CompleteResult, leaves_an_error_alone) {
    const auto m = Message::parse(R"({"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"no"}})");
    PatchList patches;
    std::string scratch;
    complete_result(*m, {true, 2, true, kInfo}, patches, scratch);
    reduce_result(*m, patches);
    EXPECT_TRUE(patches.empty());
}

TEST(CompleteResult, is_cacheable_for_the_six_methods_only) {
    for (const auto name : {method::discover, method::tools_list, method::prompts_list, method::resources_list,
                            method::templates_list, method::resources_read})
        EXPECT_TRUE(is_cacheable(name)) << name;
    for (const auto name : {method::tools_call, method::prompts_get, method::complete, method::listen})
        EXPECT_FALSE(is_cacheable(name)) << name;
}

TEST(ReduceResult, cuts_the_modern_members_and_keeps_the_rest) {
    EXPECT_EQ(reduced(R"({"resultType":"complete","ttlMs":0,"cacheScope":"private","tools":[]})"), R"({"tools":[]})");
    EXPECT_EQ(reduced(R"({"tools":[], "ttlMs":0, "_meta":{"resultType":1},"resultType":"complete"})"),
              R"({"tools":[], "_meta":{"resultType":1}})");
    EXPECT_EQ(reduced(R"({"a":1,"cacheScope":"x" , "ttlMs":0})"), R"({"a":1})");
    EXPECT_EQ(reduced(R"({"resultType":"complete"})"), "{}");
    EXPECT_EQ(reduced(R"({"result\u0054ype":"complete","a":1})"), R"({"a":1})");
    EXPECT_EQ(reduced(R"({"a":{"ttlMs":1}})"), R"({"a":{"ttlMs":1}})");
    EXPECT_EQ(reduced("[]"), "[]");
}

TEST(ReduceResult, undoes_what_complete_adds) {
    EXPECT_EQ(reduced(completed(R"({"a":1.0})", kListed)), R"({"a":1.0})");
}

TEST(ReduceResult, cuts_the_last_of_several) {
    EXPECT_EQ(reduced(R"({"ttlMs":1,"a":1,"ttlMs":2,"ttlMs":3})"), R"({"ttlMs":1,"a":1,"ttlMs":2})");
}

}  // namespace
}  // namespace agenthub::mcp
