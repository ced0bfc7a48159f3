#include "gateway/modern_clients.hpp"

#include <gtest/gtest.h>

#include <string>

namespace agenthub {
namespace {

// The texts outlive the meta.
mcp::ModernMeta meta(std::string_view capabilities, std::string_view client_info) {
    mcp::ModernMeta out;
    out.capabilities = capabilities;
    out.client_info = client_info;
    return out;
}

TEST(ModernClients, reads_who_asks_and_whether_it_can_be_asked) {
    ModernClients clients;
    EXPECT_EQ(clients.of(meta("{}", R"({"name":"a\u0062","version":"1"})")).name, "ab");
    EXPECT_FALSE(clients.of(meta("{}", R"({"name":"ab"})")).can_answer);
    EXPECT_TRUE(clients.of(meta(R"({"sampling":{}})", R"({"name":"ab"})")).can_answer);
    EXPECT_EQ(clients.of(meta("{}", "")).name, "");
    EXPECT_EQ(clients.of(meta("{}", R"({"name":""})")).name, "");
    EXPECT_EQ(clients.of(meta("{}", R"({"name":7})")).name, "");
}

TEST(ModernClients, remembers_as_many_kinds_as_it_may_and_reads_every_other_one_rightly) {
    ModernClients clients;
    for (int round = 0; round < 2; ++round)
        for (std::size_t i = 0; i < 2 * ModernClients::kKinds + 1; ++i) {
            const std::string name = "client " + std::to_string(i);
            const std::string info = R"({"name":")" + name + R"("})";
            EXPECT_EQ(clients.of(meta("{}", info)).name, name);
            EXPECT_EQ(clients.of(meta(R"({"roots":{}})", info)).can_answer, true);
            EXPECT_EQ(clients.of(meta("{}", info)).can_answer, false);
        }
}

TEST(ModernClients, reads_texts_of_any_length) {
    ModernClients clients;
    for (const std::size_t more : {0U, 1U, 100'000U}) {
        std::string info = R"({"name":"long","title":")";
        info.append(ModernClients::kLongest - info.size() - 4 + more, 'x').append("\"}");
        EXPECT_EQ(info.size() + 2, ModernClients::kLongest + more);
        EXPECT_EQ(clients.of(meta("{}", info)).name, "long");
        EXPECT_EQ(clients.of(meta("{}", R"({"name":"short"})")).name, "short");
    }
}

}  // namespace
}  // namespace agenthub
