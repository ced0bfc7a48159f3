#include "mcp/old_content.hpp"

#include <gtest/gtest.h>

namespace agenthub::mcp {
namespace {

std::optional<std::string> changed(std::string_view result, Revision client) {
    const std::string head = R"({"jsonrpc":"2.0","id":7,"result":)";
    const auto m = Message::parse(head + std::string(result) + "}");
    EXPECT_TRUE(m.has_value()) << result;
    auto text = text_for_old_client(*m, client);
    if (text) {
        EXPECT_TRUE(Message::parse(*text).has_value()) << *text;
        text = text->substr(head.size(), text->size() - head.size() - 1);
    }
    return text;
}

constexpr std::string_view kAudio = R"({"type":"audio","mimeType":"audio/wav","data":"AAAA","annotations":{"p":1.0}})";
constexpr std::string_view kLink = R"({"type":"resource_link","name":"n\"","uri":"u://x","size":12,"_meta":{"k":1}})";
constexpr std::string_view kAudioText =
    R"({"type":"text","text":"[audio, type audio/wav, 3 bytes; this client's protocol revision has no such content]",)"
    R"("annotations":{"p":1.0}})";
constexpr std::string_view kLinkText =
    R"({"type":"text","text":"[resource link, name n\", uri u://x, size in bytes 12; )"
    R"(this client's protocol revision has no such content]","_meta":{"k":1}})";

std::string tool_result(std::string_view first, std::string_view second) {
    return R"({ "content" : [ {"type":"text","text":"1.0"}, )" + std::string(first) + " ," + std::string(second) +
           R"(] , "isError":false})";
}

TEST(OldContent, becomes_text_where_the_revision_lacks_its_type) {
    EXPECT_EQ(changed(tool_result(kAudio, kLink), Revision::r2024_11_05), tool_result(kAudioText, kLinkText));
    EXPECT_EQ(changed(tool_result(kAudio, kLink), Revision::r2025_03_26), tool_result(kAudio, kLinkText));
    EXPECT_EQ(changed(tool_result(kAudio, kAudio), Revision::r2025_03_26), std::nullopt);
}

TEST(OldContent, is_left_alone_for_revisions_that_know_it) {
    for (const auto revision : {Revision::r2025_06_18, Revision::r2025_11_25, Revision::r2026_07_28})
        EXPECT_EQ(changed(tool_result(kAudio, kLink), revision), std::nullopt);
}

TEST(OldContent, of_prompts_is_found_too) {
    const auto prompt = [](std::string_view content) {
        return R"({"messages":[{"role":"user","content":)" + std::string(content) +
               R"(},{"role":"user","content":{"type":"text","text":"audio"}},3]})";
    };
    EXPECT_EQ(changed(prompt(kAudio), Revision::r2024_11_05), prompt(kAudioText));
    EXPECT_EQ(changed(prompt(kLink), Revision::r2024_11_05), prompt(kLinkText));
}

TEST(OldContent, is_found_in_both_members_in_any_order) {
    const auto both = [](std::string_view one, std::string_view other) {
        return R"({"messages":[{"content":)" + std::string(one) + R"(}],"content":[)" + std::string(other) + "]}";
    };
    EXPECT_EQ(changed(both(kAudio, kLink), Revision::r2024_11_05), both(kAudioText, kLinkText));
}

TEST(OldContent, is_told_by_its_type_alone) {
    EXPECT_EQ(
        changed(tool_result(R"({"type":"text","text":"audio resource_link"})", R"("audio")"), Revision::r2024_11_05),
        std::nullopt);
    EXPECT_EQ(changed(R"({"content":{"type":"audio"},"other":[{"type":"audio"}]})", Revision::r2024_11_05),
              std::nullopt);
    EXPECT_EQ(changed("{}", Revision::r2024_11_05), std::nullopt);
    EXPECT_EQ(changed(R"({"content":[{"type":"\u0061udio"}]})", Revision::r2024_11_05),
              R"({"content":[{"type":"text","text":"[audio; this client's protocol revision has no such content]"}]})");
}

TEST(OldContent, of_wrong_types_is_described_all_the_same) {
    EXPECT_EQ(
        changed(R"({"content":[{"type":"audio","data":5,"mimeType":7}]})", Revision::r2024_11_05),
        R"({"content":[{"type":"text","text":"[audio, type 7; this client's protocol revision has no such content]"}]})");
}

}  // namespace
}  // namespace agenthub::mcp
