// Calls that take long, through the real binary: progress gives them time, max_call_time ends them.

#include <gtest/gtest.h>

#include "tests/integration/admin_http.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {
namespace {

using SteadyClock = std::chrono::steady_clock;

nlohmann::json config_with(const nlohmann::json& keys) {
    auto config = hostile_config();
    config["mcpServers"]["hostile"].update(keys);
    return config;
}

const nlohmann::json kToken = {{"progressToken", "t"}};

nlohmann::json error_of(const Reply& reply) {
    return reply.rpc_error().is_object() ? reply.rpc_error() : nlohmann::json::object();
}

TEST(CallTimes, a_call_with_progress_outlives_call_timeout) {
    Daemon daemon(config_with({{"call_timeout", "1s"}}));
    McpClient client(daemon.port());
    client.initialize();
    const Reply reply = client.call("work", {{"every_ms", 100}, {"for_ms", 2500}}, kToken);
    EXPECT_EQ(reply.text(), "worked 2500 ms") << reply.body;
    EXPECT_EQ(reply.unasked().size(), 24U);
}

TEST(CallTimes, without_progress_call_timeout_ends_the_same_call) {
    Daemon daemon(config_with({{"call_timeout", "500ms"}}));
    McpClient client(daemon.port());
    client.initialize();
    const auto silent = error_of(client.call("work", {{"every_ms", 100}, {"for_ms", 60'000}}));
    EXPECT_NE(silent.value("message", "").find("'hostile' did not answer tools/call within its call_timeout; "),
              std::string::npos)
        << silent;
    const auto repeated =
        error_of(client.call("work", {{"every_ms", 100}, {"for_ms", 60'000}, {"mode", "constant"}}, kToken));
    EXPECT_NE(repeated.value("message", "").find("its call_timeout, counted from its last progress"), std::string::npos)
        << "what does not increase is no progress: " << repeated;
    EXPECT_EQ(client.call("stats").result()["structuredContent"]["cancelled"].size(), 2U);
}

TEST(CallTimes, max_call_time_ends_a_call_whatever_progress_it_makes) {
    Daemon daemon(config_with({{"call_timeout", "500ms"}, {"max_call_time", "1500ms"}}));
    McpClient client(daemon.port());
    client.initialize();
    const auto began = SteadyClock::now();
    const auto error = error_of(client.call("work", {{"every_ms", 100}, {"for_ms", 60'000}}, kToken));
    const auto took = SteadyClock::now() - began;
    EXPECT_GE(took, std::chrono::milliseconds(1500));
    EXPECT_LT(took, std::chrono::seconds(10));
    EXPECT_NE(error.value("message", "").find("'hostile' did not answer tools/call within its max_call_time"),
              std::string::npos)
        << error;
    EXPECT_EQ(error["data"]["code"], "AH-404");
    EXPECT_EQ(error["data"]["retry"], "unknown");
    EXPECT_EQ(client.call("stats").result()["structuredContent"]["cancelled"].size(), 1U);
    EXPECT_EQ(client.call("echo", {{"text", "fine"}}).text(), "fine");
}

TEST(CallTimes, waiting_for_a_place_is_part_of_both_limits) {
    Daemon daemon(config_with({{"call_timeout", "1s"}, {"max_concurrency", 1}, {"queue_timeout", "30s"}}));
    McpClient client(daemon.port());
    client.initialize();
    auto first = client.call_later("work", {{"every_ms", 100}, {"for_ms", 4000}}, kToken);
    ASSERT_TRUE(wait_until([&] { return get(daemon, "/servers/hostile")["calls"]["running"] == 1; }));
    const auto began = SteadyClock::now();
    const auto queued = error_of(client.call("echo", {{"text", "x"}}));
    const auto took = SteadyClock::now() - began;
    EXPECT_GE(took, std::chrono::seconds(1));
    EXPECT_LT(took, std::chrono::milliseconds(2500));
    EXPECT_EQ(queued["data"]["reason"], "busy") << queued;
    EXPECT_EQ(first.get().text(), "worked 4000 ms");
}

}  // namespace
}  // namespace agenthub::test
