#include "bridge/server_info.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

TEST(ServerInfo, reads_what_a_server_says_of_itself) {
    const auto info =
        read_server_info(R"({"protocolVersion":"2025-06-18","capabilities":{"logging":{},"tools":{"listChanged":true},)"
                         R"("prompts":{"listChanged":false},"resources":{"subscribe":true,"listChanged":true}},)"
                         R"("serverInfo":{"name":"x","version":"1"},"instructions":"be \"kind\""})");
    ASSERT_TRUE(info.has_value()) << info.error().message;
    EXPECT_EQ(info->protocol_version, "2025-06-18");
    EXPECT_EQ(info->server_info, R"({"name":"x","version":"1"})");
    EXPECT_EQ(info->instructions, R"("be \"kind\"")");
    EXPECT_TRUE(info->has_logging);
    EXPECT_TRUE(info->can_subscribe);
    EXPECT_TRUE(info->tools_change);
    EXPECT_FALSE(info->prompts_change);
    EXPECT_TRUE(info->resources_change);
}

TEST(ServerInfo, keeps_the_servers_own_spelling) {
    const std::string capabilities = R"({ "experimental" : {"z":1.50,"n":123456789012345678901234567890,"a":1e2} })";
    const std::string server = R"({"name":"\u00e9\/x","version":"1","icons":[ ]})";
    const auto info = read_server_info(R"({"capabilities":)" + capabilities + R"(,"serverInfo":)" + server +
                                       R"(,"protocolVersion":"2024-11-05"})");
    ASSERT_TRUE(info.has_value()) << info.error().message;
    EXPECT_EQ(info->capabilities, capabilities);
    EXPECT_EQ(info->server_info, server);
    EXPECT_EQ(initialize_result_for(*info, "2025-11-25"),
              R"({"protocolVersion":"2025-11-25","capabilities":)" + capabilities + R"(,"serverInfo":)" + server + "}");
}

TEST(ServerInfo, tasks_are_not_passed_on_to_who_shares_the_server) {
    const auto info = read_server_info(
        R"({"protocolVersion":"v","capabilities":{"tasks":{"list":{}}, "tools" : {"n":1.50},"t\u0061sks":{},"x":[]}})");
    ASSERT_TRUE(info.has_value()) << info.error().message;
    EXPECT_EQ(shared_capabilities(info->capabilities), R"({"tools":{"n":1.50},"x":[]})");
    EXPECT_EQ(shared_capabilities(R"({"tasks":{}})"), "{}");
    EXPECT_EQ(shared_capabilities(R"({ "tools" : {} })"), R"({ "tools" : {} })") << "else as the server wrote it";
}

TEST(ServerInfo, what_is_missing_or_of_another_type_is_as_good_as_absent) {
    for (const char* text : {R"({"protocolVersion":"v"})",
                             R"({"protocolVersion":"v","capabilities":[],"serverInfo":"me","instructions":7})",
                             R"({"protocolVersion":"v","capabilities":null,"serverInfo":null,"instructions":null})"}) {
        const auto info = read_server_info(text);
        ASSERT_TRUE(info.has_value()) << text;
        EXPECT_EQ(info->capabilities, "{}") << text;
        EXPECT_EQ(info->server_info, "{}") << text;
        EXPECT_EQ(info->instructions, "") << text;
        EXPECT_FALSE(info->has_logging || info->can_subscribe || info->tools_change) << text;
    }
    for (const char* resources : {"1", "[]", "{}", R"({"subscribe":1})", R"({"subscribe":"true"})", "null"}) {
        const auto info =
            read_server_info(R"({"protocolVersion":"v","capabilities":{"resources":)" + std::string(resources) + "}}");
        ASSERT_TRUE(info.has_value()) << resources;
        EXPECT_FALSE(info->can_subscribe) << resources;
    }
}

TEST(ServerInfo, a_lone_surrogate_does_not_cost_a_server_its_start) {
    const auto info = read_server_info(R"({"protocolVersion":"v","instructions":"cut \ud83d"})");
    ASSERT_TRUE(info.has_value()) << info.error().message;
    EXPECT_EQ(info->instructions, R"("cut \ud83d")");
}

TEST(ServerInfo, refuses_what_names_no_version) {
    for (const char* text :
         {"null", "[]", "3", "{}", R"({"protocolVersion":3})", R"({"protocolVersion":null,"capabilities":{}})"}) {
        const auto info = read_server_info(text);
        ASSERT_TRUE(info.has_error()) << text;
        EXPECT_EQ(info.error().code, errc::start_refused) << text;
    }
}

TEST(ServerInfo, the_clients_version_replaces_the_servers) {
    ServerInfo info;
    info.protocol_version = "2024-11-05";
    info.capabilities = R"({"tools":{}})";
    info.server_info = R"({"name":"x"})";
    info.instructions = R"("read me")";
    EXPECT_EQ(initialize_result_for(info, "2025-03-26"),
              R"({"protocolVersion":"2025-03-26","capabilities":{"tools":{}},"serverInfo":{"name":"x"},)"
              R"("instructions":"read me"})");
}

}  // namespace
}  // namespace agenthub
