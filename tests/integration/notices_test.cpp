// What a server says unasked, and who hears it.

#include <gtest/gtest.h>

#include "tests/support/daemon.hpp"
#include "tests/support/event_stream.hpp"
#include "tests/support/mcp_client.hpp"

namespace agenthub::test {
namespace {

class Notices : public ::testing::Test {
protected:
    Notices() : daemon_(hostile_config()), client_(daemon_.port()), other_(daemon_.port()) {
        client_.initialize();
        other_.initialize();
        mine_ = client_.get_stream();
        theirs_ = other_.get_stream();
    }

    static bool has(const std::vector<nlohmann::json>& messages, const std::string& method) {
        return std::any_of(messages.begin(), messages.end(), [&](const auto& m) { return m["method"] == method; });
    }
    nlohmann::json stats() { return client_.call("stats").result()["structuredContent"]; }

    Daemon daemon_;
    McpClient client_;
    McpClient other_;
    std::unique_ptr<EventStream> mine_;
    std::unique_ptr<EventStream> theirs_;
};

TEST_F(Notices, list_changed_reaches_every_session_once) {
    client_.call("list_changed", {{"kind", "tools"}});
    for (EventStream* stream : {mine_.get(), theirs_.get()}) {
        ASSERT_TRUE(stream->wait_for_count(1));
        EXPECT_EQ(stream->messages().at(0)["method"], "notifications/tools/list_changed");
    }
    client_.call("list_changed", {{"kind", "prompts"}});
    ASSERT_TRUE(mine_->wait_for_count(2));
    EXPECT_EQ(mine_->messages().size(), 2U);
}

TEST_F(Notices, resource_updates_reach_subscribers_only_and_subscriptions_are_counted) {
    client_.request("resources/subscribe", {{"uri", "hostile://a"}});
    other_.request("resources/subscribe", {{"uri", "hostile://a"}});
    other_.request("resources/subscribe", {{"uri", "hostile://b"}});
    EXPECT_EQ(stats()["requests"]["resources/subscribe"], 2) << "the second session's interest is known here";
    client_.call("update", {{"uri", "hostile://b"}});
    ASSERT_TRUE(theirs_->wait_for_count(1));
    client_.call("update", {{"uri", "hostile://a"}});
    ASSERT_TRUE(theirs_->wait_for_count(2));
    ASSERT_TRUE(mine_->wait_for_count(1));
    EXPECT_EQ(mine_->messages().at(0)["params"]["uri"], "hostile://a");
    other_.request("resources/unsubscribe", {{"uri", "hostile://a"}});
    EXPECT_TRUE(stats()["requests"]["resources/unsubscribe"].is_null()) << "somebody else still wants it";
    client_.end_session();
    McpClient third(daemon_.port());
    third.initialize();
    EXPECT_TRUE(wait_until([&] {
        return third.call("stats").result()["structuredContent"]["requests"]["resources/unsubscribe"] == 1;
    })) << "the last interested session has ended";
}

TEST_F(Notices, a_resource_is_the_same_however_its_uri_is_spelt) {
    const auto spelt = [](const std::string& method) {
        return R"({"jsonrpc":"2.0","id":"s","method":")" + method + R"(","params":{"uri":"hostile:\/\/\u0061"}})";
    };
    client_.post(spelt("resources/subscribe"));
    other_.request("resources/subscribe", {{"uri", "hostile://a"}});
    EXPECT_EQ(stats()["requests"]["resources/subscribe"], 1) << "one resource, one subscription";
    client_.call("update", {{"uri", "hostile://a"}});
    ASSERT_TRUE(mine_->wait_for_count(1));
    ASSERT_TRUE(theirs_->wait_for_count(1));
    other_.post(spelt("resources/unsubscribe"));
    client_.request("resources/unsubscribe", {{"uri", "hostile://a"}});
    EXPECT_EQ(stats()["requests"]["resources/unsubscribe"], 1) << "nobody wants it any more";
}

TEST_F(Notices, log_messages_go_to_the_session_whose_call_causes_them) {
    const Reply reply = client_.call("log", {{"n", 2}, {"level", "warning"}});
    EXPECT_TRUE(reply.is_stream());
    EXPECT_EQ(reply.unasked().size(), 2U);
    EXPECT_TRUE(theirs_->messages().empty());
}

TEST_F(Notices, each_session_has_its_own_level_and_the_server_the_most_verbose) {
    EXPECT_EQ(client_.request("logging/setLevel", {{"level", "debug"}}).result(), nlohmann::json::object());
    EXPECT_EQ(other_.request("logging/setLevel", {{"level", "error"}}).result(), nlohmann::json::object());
    EXPECT_EQ(stats()["log_level"], "debug");
    EXPECT_EQ(client_.call("log", {{"n", 1}, {"level", "debug"}}).unasked().size(), 1U);
    EXPECT_EQ(other_.call("log", {{"n", 1}, {"level", "warning"}}).unasked().size(), 0U);
    EXPECT_EQ(other_.call("log", {{"n", 1}, {"level", "critical"}}).unasked().size(), 1U);
    EXPECT_EQ(client_.request("logging/setLevel", {{"level", "loud"}}).rpc_error().value("code", 0), -32602);
}

TEST_F(Notices, a_restarted_server_is_told_of_subscriptions_and_levels) {
    client_.request("resources/subscribe", {{"uri", "hostile://a"}});
    client_.request("logging/setLevel", {{"level", "notice"}});
    client_.call("die");
    EXPECT_TRUE(wait_until([&] {
        const auto seen = stats();
        return seen["log_level"] == "notice" && seen["subscriptions"].dump().find("hostile://a") != std::string::npos;
    }));
    EXPECT_TRUE(mine_->wait_for([](const auto& m) { return has(m, "notifications/tools/list_changed"); }));
}

TEST_F(Notices, a_hundred_thousand_of_them_leave_the_daemon_well) {
    const Reply reply = client_.call("flood", {{"n", 100'000}});
    EXPECT_EQ(reply.text(), "logged") << "a slow reader loses notifications, never its answer";
    EXPECT_GT(reply.unasked().size(), 1000U);
    EXPECT_EQ(client_.call("echo", {{"text", "fine"}}).text(), "fine");
}

TEST_F(Notices, the_stream_of_a_client_that_left_is_given_up) {
    theirs_.reset();
    client_.call("list_changed");
    EXPECT_TRUE(mine_->wait_for_count(1));
    EXPECT_TRUE(wait_until([&] { return other_.get_stream()->status() == 200; }));
}

}  // namespace
}  // namespace agenthub::test
