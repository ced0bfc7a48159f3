#include "mcp/era_request.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace agenthub::mcp {
namespace {

constexpr std::string_view kVersion = R"("io.modelcontextprotocol/protocolVersion":"2026-07-28")";
constexpr std::string_view kInfo = R"("io.modelcontextprotocol/clientInfo":{"name":"c"})";
constexpr std::string_view kCapabilities = R"("io.modelcontextprotocol/clientCapabilities":{})";
constexpr std::string_view kLevel = R"("io.modelcontextprotocol/logLevel":"info")";

std::string with_meta(std::string_view meta) {
    return R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","_meta":)" + std::string(meta) + "}}";
}

std::string joined(const std::vector<std::string_view>& members, std::string_view comma = ",") {
    std::string out = "{";
    for (const auto member : members)
        out.append(out.size() > 1 ? comma : "").append(member);
    return out + "}";
}

std::string patched(const Message& m, const PatchList& patches) {
    std::string out;
    m.append_patched(out, patches);
    const auto again = Message::parse(out);
    EXPECT_TRUE(again.has_value()) << out;
    EXPECT_EQ(again ? again->text() : "", out);
    return out;
}

std::string stripped(const std::string& text) {
    const auto m = Message::parse(text);
    EXPECT_TRUE(m.has_value()) << text;
    PatchList patches;
    strip_modern_meta(*m, patches);
    return patched(*m, patches);
}

std::string put(const std::string& text, std::string_view members = R"("k":1)") {
    const auto m = Message::parse(text);
    EXPECT_TRUE(m.has_value()) << text;
    PatchList patches;
    std::string scratch;
    put_modern_meta(*m, members, patches, scratch);
    return patched(*m, patches);
}

TEST(StripModernMeta, takes_the_four_out_wherever_they_stand) {
    const std::vector<std::string_view> all{kVersion, kInfo, kCapabilities, kLevel};
    EXPECT_EQ(stripped(with_meta(joined(all))), with_meta("{}"));
    EXPECT_EQ(stripped(with_meta(joined({R"("a":1)", kVersion, kInfo, kCapabilities, kLevel}))),
              with_meta(R"({"a":1})"));
    EXPECT_EQ(stripped(with_meta(joined({kVersion, kInfo, kCapabilities, kLevel, R"("a":1)"}))),
              with_meta(R"({"a":1})"));
    EXPECT_EQ(
        stripped(with_meta(joined({kVersion, R"("a":1)", kInfo, R"("b":[1.0])", kCapabilities, R"("c":{})", kLevel}))),
        with_meta(R"({"a":1,"b":[1.0],"c":{}})"));
    EXPECT_EQ(stripped(with_meta(joined({R"("a":1)", kInfo, R"("traceparent":"00-1")"}))),
              with_meta(R"({"a":1,"traceparent":"00-1"})"));
}

TEST(StripModernMeta, minds_white_space_and_escaped_keys) {
    EXPECT_EQ(stripped(with_meta(joined({kVersion, kInfo, R"("a":1)"}, " ,\t"))), with_meta(R"({"a":1})"));
    EXPECT_EQ(stripped(with_meta(joined({R"("a":1)", kInfo, kLevel}, " , "))), with_meta(R"({"a":1 })"));
    EXPECT_EQ(stripped(with_meta(R"({ "io.modelcontextprotocol\/logLevel" : "info" , "a" : 1 })")),
              with_meta(R"({ "a" : 1 })"));
    EXPECT_EQ(stripped(with_meta(R"({ "io.modelcontextprotocol/logLevel" : "," })")), with_meta("{  }"));
}

TEST(StripModernMeta, leaves_what_has_none_alone) {
    for (const std::string& text : {with_meta("{}"), with_meta("null"), with_meta(R"({"progressToken":1,"x":{}})"),
                                    std::string(R"({"jsonrpc":"2.0","id":7,"method":"m"})"),
                                    std::string(R"({"jsonrpc":"2.0","id":7,"method":"m","params":{}})")})
        EXPECT_EQ(stripped(text), text);
    // One level down they are somebody else's.
    const std::string nested = with_meta("{\"x\":" + joined({kVersion}) + "}");
    EXPECT_EQ(stripped(nested), nested);
}

TEST(StripModernMeta, composes_with_other_patches) {
    const auto m = Message::parse(with_meta(joined({kVersion, R"("progressToken":"t")", kInfo, R"("x":1)", kLevel})));
    ASSERT_TRUE(m.has_value());
    PatchList patches;
    patches.add(m->progress_token_span(), "42");
    patches.add(m->name_span(), R"("own")");
    strip_modern_meta(*m, patches);
    patches.add(m->id_span(), "99");
    EXPECT_EQ(
        patched(*m, patches),
        R"({"jsonrpc":"2.0","id":99,"method":"tools/call","params":{"name":"own","_meta":{"progressToken":42,"x":1}}})");
}

TEST(PutModernMeta, makes_what_is_not_there) {
    EXPECT_EQ(put(with_meta(R"({"a":1})")), with_meta(R"({"k":1,"a":1})"));
    EXPECT_EQ(put(with_meta("{ }")), with_meta(R"({"k":1 })"));
    EXPECT_EQ(put(with_meta("null")), with_meta(R"({"k":1})"));
    EXPECT_EQ(put(R"({"jsonrpc":"2.0","id":7,"method":"m","params":{"x":1}})"),
              R"({"jsonrpc":"2.0","id":7,"method":"m","params":{"_meta":{"k":1},"x":1}})");
    EXPECT_EQ(put(R"({"jsonrpc":"2.0","id":7,"method":"m","params":{ }})"),
              R"({"jsonrpc":"2.0","id":7,"method":"m","params":{"_meta":{"k":1} }})");
    EXPECT_EQ(put(R"( {"jsonrpc":"2.0","id":7,"method":"m"})"),
              R"( {"params":{"_meta":{"k":1}},"jsonrpc":"2.0","id":7,"method":"m"})");
}

TEST(PutModernMeta, replaces_what_a_client_sent_itself) {
    EXPECT_EQ(put(with_meta(joined({kVersion, R"("a":1)", kLevel}))), with_meta(R"({"k":1,"a":1})"));
    EXPECT_EQ(put(with_meta(joined({kVersion, kLevel}))), with_meta(R"({"k":1})"));
    EXPECT_EQ(put(with_meta(joined({R"("a":1)", kVersion}))), with_meta(R"({"k":1,"a":1})"));
}

TEST(PutModernMeta, composes_with_other_patches) {
    const auto m = Message::parse(with_meta(joined({kVersion, R"("progressToken":1)"})));
    ASSERT_TRUE(m.has_value());
    PatchList patches;
    std::string scratch;
    put_modern_meta(*m, R"("k":1)", patches, scratch);
    patches.add(m->progress_token_span(), "42");
    patches.add(m->id_span(), "99");
    patches.add(m->name_span(), R"("own")");
    EXPECT_EQ(
        patched(*m, patches),
        R"({"jsonrpc":"2.0","id":99,"method":"tools/call","params":{"name":"own","_meta":{"k":1,"progressToken":42}}})");
}

TEST(ModernMeta, says_what_is_known) {
    EXPECT_EQ(modern_meta("{}", "", ""), std::string(kVersion) + "," + std::string(kCapabilities));
    EXPECT_EQ(modern_meta("{}", R"({"name":"c"})", "info"), std::string(kVersion) + "," + std::string(kCapabilities) +
                                                                "," + std::string(kInfo) + "," + std::string(kLevel));
}

TEST(ModernMeta, survives_being_put_and_stripped) {
    const std::string text = with_meta(R"({"a":1})");
    EXPECT_EQ(stripped(put(text, modern_meta(R"({"roots":{}})", R"({"name":"c"})", "info"))), text);
}

}  // namespace
}  // namespace agenthub::mcp
