#include <gtest/gtest.h>

#include "mcp/message.hpp"
#include "mcp/patch_list.hpp"

namespace agenthub::mcp {
namespace {

Message parsed(std::string text) {
    auto message = Message::parse(std::move(text));
    EXPECT_TRUE(message.has_value()) << message.error().message;
    return std::move(message).value();
}

TEST(MessageSpans, of_a_request_are_the_members_with_their_quotes) {
    const auto m = parsed(R"({ "jsonrpc":"2.0","id":7,"method":"prompts/get", "params" : {"name":"a","uri":"u",)"
                          R"("_meta": {"x":1} } })");
    EXPECT_EQ(m.method_span().of(m.text()), R"("prompts/get")");
    EXPECT_EQ(m.name_span().of(m.text()), R"("a")");
    EXPECT_EQ(m.uri_span().of(m.text()), R"("u")");
    EXPECT_EQ(m.meta_span().of(m.text()), R"({"x":1})");
    EXPECT_EQ(m.meta(), R"({"x":1})");
    EXPECT_EQ(m.params_span().of(m.text()), R"({"name":"a","uri":"u","_meta": {"x":1} })");
    EXPECT_TRUE(m.result_span().empty());
    EXPECT_EQ(m.result_type(), "");
}

TEST(MessageSpans, of_an_escaped_method_have_its_quotes_too) {
    const auto m = parsed(R"({"jsonrpc":"2.0","id":7,"method":"tools\/list"})");
    EXPECT_EQ(m.method_span().of(m.text()), R"("tools\/list")");
    EXPECT_TRUE(m.params_span().empty());
    EXPECT_TRUE(parsed(R"({"jsonrpc":"2.0","id":7,"result":{}})").method_span().empty());
}

TEST(MessageSpans, the_era_members_of_meta_are_found_under_any_spelling) {
    const auto m = parsed(
        R"({"jsonrpc":"2.0","id":7,"method":"m","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"v",)"
        R"("io.modelcontextprotocol\/clientCapabilities":{"a":1},"io.modelcontextprotocol/clientInfo" : null,)"
        R"("io.modelcontextprotocol/other":1,"io.modelcontextprotocol/":2,"logLevel":"x"}}})");
    EXPECT_EQ(m.meta(MetaKey::protocol_version), R"("v")");
    EXPECT_EQ(m.meta(MetaKey::client_capabilities), R"({"a":1})");
    EXPECT_EQ(m.meta(MetaKey::client_info), "null");
    EXPECT_EQ(m.meta(MetaKey::log_level), "");
    EXPECT_EQ(m.member(MetaKey::client_info).whole().of(m.text()), R"("io.modelcontextprotocol/clientInfo" : null)");
}

TEST(MessageSpans, a_repeated_era_member_is_refused) {
    const auto m = Message::parse(
        R"({"jsonrpc":"2.0","id":7,"method":"m","params":{"_meta":{"io.modelcontextprotocol/logLevel":"a",)"
        R"("x":1,"io.modelcontextprotocol/logLevel":"b"}}})");
    ASSERT_TRUE(m.has_error());
    EXPECT_EQ(m.error().code, errc::invalid_request);
}

TEST(MessageSpans, of_a_result_are_its_type_and_meta) {
    const auto m = parsed(
        R"({"jsonrpc":"2.0","id":7,"result": {"a":{"resultType":"no"},"resultType":"task","_meta":{"k":[1]},"ttlMs":5} })");
    EXPECT_EQ(m.result_type(), R"("task")");
    EXPECT_EQ(m.result_meta(), R"({"k":[1]})");
    EXPECT_EQ(m.result_meta_span().of(m.text()), R"({"k":[1]})");
    EXPECT_EQ(m.member(ResultKey::ttl_ms).whole().of(m.text()), R"("ttlMs":5)");
    EXPECT_TRUE(m.member(ResultKey::cache_scope).value.empty());
    EXPECT_EQ(m.result_span().of(m.text()).front(), '{');
}

TEST(MessageSpans, a_meta_that_is_no_object_has_no_span_but_can_be_replaced) {
    const auto m = parsed(R"({"jsonrpc":"2.0","id":7,"method":"m","params":{"_meta":null}})");
    EXPECT_TRUE(m.meta_span().empty());
    EXPECT_EQ(m.any_meta_span().of(m.text()), "null");
    const auto reply = parsed(R"({"jsonrpc":"2.0","id":7,"result":{"_meta":3}})");
    EXPECT_TRUE(reply.result_meta_span().empty());
    EXPECT_EQ(reply.any_result_meta_span().of(reply.text()), "3");
    EXPECT_TRUE(parsed(R"({"jsonrpc":"2.0","id":7,"result":[{"_meta":{}}]})").result_meta_span().empty());
}

TEST(PatchList, orders_patches_and_skips_empty_spans) {
    const auto m = parsed(R"({"jsonrpc":"2.0","id":7,"method":"m","params":{"name":"a"}})");
    PatchList patches;
    patches.add(m.name_span(), R"("b")");
    patches.add(Span(), "never");
    patches.add(m.id_span(), "1");
    EXPECT_EQ(patches.size(), 2U);
    std::string out = "kept";
    m.append_patched(out, patches);
    EXPECT_EQ(out, R"(kept{"jsonrpc":"2.0","id":1,"method":"m","params":{"name":"b"}})");
}

TEST(PatchList, puts_a_member_in_by_replacing_the_brace) {
    const auto m = parsed(R"({"jsonrpc":"2.0","id":7,"method":"m","params":{"name":"a"}})");
    PatchList patches;
    patches.add({m.params_span().begin, m.params_span().begin + 1}, R"({"x":1,)");
    std::string out;
    m.append_patched(out, patches);
    EXPECT_EQ(out, R"({"jsonrpc":"2.0","id":7,"method":"m","params":{"x":1,"name":"a"}})");
}

TEST(PatchList, holds_as_many_as_it_says) {
    std::string text = R"({"jsonrpc":"2.0","id":7,"method":"m","params":{"name":"aaaaaaaaaaaaaaaa"}})";
    const auto m = parsed(text);
    PatchList patches;
    const std::uint32_t at = m.name_span().begin + 1;
    for (std::uint32_t i = PatchList::kCapacity; i-- > 0;)
        patches.add({at + i, at + i + 1}, "b");
    EXPECT_EQ(patches.size(), PatchList::kCapacity);
    std::string out;
    m.append_patched(out, patches);
    EXPECT_EQ(out, text.replace(at, 16, std::string(16, 'b')));
}

TEST(PatchListDeathTest, one_more_is_a_bug) {
    PatchList patches;
    for (std::uint32_t i = 0; i < PatchList::kCapacity; ++i)
        patches.add({i, i + 1}, "b");
    EXPECT_DEATH(patches.add({100, 101}, "b"), "");
}

}  // namespace
}  // namespace agenthub::mcp
