// The one listen of a modern server: what it asks for, when it changes, and what comes of it.

#include <gtest/gtest.h>

#include "mcp/json_members.hpp"
#include "mcp/replies.hpp"
#include "tests/bridge/modern_rig.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

constexpr const char* kListen = "subscriptions/listen";
constexpr const char* kCancelled = "notifications/cancelled";
constexpr const char* kChanging = R"({"tools":{"listChanged":true},"resources":{"subscribe":true}})";

// A notification of the listen `id`, JSON text; `rest` are further members of params, each with a comma before it.
std::string told(std::string_view method, std::string_view id, std::string_view rest = {}) {
    std::string params = R"({"_meta":{"io.modelcontextprotocol/subscriptionId":)";
    return mcp::make_call("", method, params.append(id).append("}").append(rest).append("}"));
}

awaitable<void> acknowledge(ModernRig& modern, std::string id) {
    co_await modern.rig.send(told("notifications/subscriptions/acknowledged", id));
    co_await modern.rig.lines_are_taken();
}

std::string subscription(std::string_view method) {
    return mcp::make_call("1", method, R"({"uri":"file:///a"})");
}

TEST(ModernListen, asks_for_what_the_server_offers) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        modern.introduce(kChanging);
        modern.upstream.start();
        const auto listen = co_await modern.receive(kListen);
        EXPECT_EQ(mcp::member(listen.params(), "notifications"), R"({"toolsListChanged":true})");
        EXPECT_EQ(mcp::member(listen.meta(), "io.modelcontextprotocol/protocolVersion"), R"("2026-07-28")");
        EXPECT_EQ(modern.rig.bridge.calls_in_flight(), 0U);
    });
}

TEST(ModernListen, is_not_opened_where_there_is_nothing_to_hear) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        modern.introduce(R"({"tools":{},"resources":{"subscribe":true}})");
        modern.upstream.start();
        co_await modern.rig.turns();
        co_await modern.rig.lines_are_taken();
    });
}

TEST(ModernListen, a_subscription_is_answered_when_the_new_listen_is_acknowledged) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        modern.introduce(kChanging);
        modern.upstream.start();
        const auto first = co_await modern.receive(kListen);
        co_await acknowledge(modern, std::string(first.id()));

        auto& subscribe = modern.call(subscription("resources/subscribe"));
        const auto second = co_await modern.receive(kListen);
        EXPECT_EQ(mcp::member(second.params(), "notifications"),
                  R"({"toolsListChanged":true,"resourceSubscriptions":["file:///a"]})");
        const auto ended = co_await modern.receive(kCancelled);
        EXPECT_EQ(ended.request_id(), first.id()) << "the old one goes after the new one is there";
        co_await acknowledge(modern, std::string(first.id()));
        EXPECT_FALSE(subscribe.outcome.has_value()) << "that was the old one's";
        co_await acknowledge(modern, std::string(second.id()));
        co_await subscribe.settled();
        CO_REQUIRE(subscribe.outcome->has_value());
        EXPECT_EQ((*subscribe.outcome)->result_member(), "{}");

        auto& twice = modern.call(subscription("resources/subscribe"));
        co_await twice.settled();
        CO_REQUIRE(twice.outcome->has_value());
        auto& unsubscribe = modern.call(subscription("resources/unsubscribe"));
        const auto third = co_await modern.receive(kListen);
        EXPECT_EQ(mcp::member(third.params(), "notifications"), R"({"toolsListChanged":true})");
        EXPECT_EQ((co_await modern.receive(kCancelled)).request_id(), second.id());
        co_await unsubscribe.settled();
        EXPECT_TRUE(unsubscribe.outcome->has_value());
    });
}

TEST(ModernListen, a_server_that_does_not_acknowledge_in_time_fails_the_subscription) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        modern.introduce(R"({"resources":{"subscribe":true}})");
        auto& call = modern.call(subscription("resources/subscribe"), CallTime(100ms, 0ms));
        const auto first = co_await modern.receive(kListen);
        co_await call.settled();
        EXPECT_EQ(call.failure(), errc::call_timeout);
        // It was told that it has none.
        EXPECT_EQ((co_await modern.receive(kCancelled)).request_id(), first.id());
        co_await modern.rig.lines_are_taken();
        auto& again = modern.call(subscription("resources/subscribe"));
        const auto listen = co_await modern.receive(kListen);
        EXPECT_EQ(mcp::member(listen.params(), "notifications"), R"({"resourceSubscriptions":["file:///a"]})");
        co_await acknowledge(modern, std::string(listen.id()));
        co_await again.settled();
        EXPECT_TRUE(again.outcome->has_value());
    });
}

TEST(ModernListen, who_gives_up_does_not_end_what_another_waits_for) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        modern.introduce(R"({"resources":{"subscribe":true}})");
        auto& hasty = modern.call(subscription("resources/subscribe"), CallTime(100ms, 0ms));
        auto& patient = modern.call(subscription("resources/subscribe"));
        const auto listen = co_await modern.receive(kListen);
        co_await hasty.settled();
        EXPECT_EQ(hasty.failure(), errc::call_timeout);
        EXPECT_FALSE(patient.outcome.has_value());
        co_await acknowledge(modern, std::string(listen.id()));
        co_await patient.settled();
        EXPECT_TRUE(patient.outcome->has_value());
        co_await modern.rig.lines_are_taken();  // and no other listen was asked for
    });
}

TEST(ModernListen, a_server_without_subscriptions_is_not_asked) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        modern.introduce(R"({"resources":{}})");
        auto& call = modern.call(subscription("resources/subscribe"));
        co_await call.settled();
        CO_REQUIRE(call.outcome->has_value());
        EXPECT_EQ((*call.outcome)->error_code(), -32601);
        co_await modern.rig.lines_are_taken();
    });
}

TEST(ModernListen, notifications_lose_the_name_of_the_listen) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        modern.introduce(kChanging);
        modern.upstream.start();
        const std::string id((co_await modern.receive(kListen)).id());
        co_await acknowledge(modern, id);
        co_await modern.rig.send(told("notifications/tools/list_changed", id));
        co_await modern.rig.send(told("notifications/resources/updated", id, R"(,"uri":"file:///a")"));
        const std::string bare = mcp::make_call("", "notifications/message", R"({"level":"info","data":1.0})");
        co_await modern.rig.send(bare);
        co_await modern.rig.lines_are_taken();
        const auto& seen = modern.rig.events.seen;
        CO_REQUIRE(seen.size() == 3);
        for (const auto& text : seen)
            EXPECT_EQ(text.find("subscriptionId"), std::string::npos) << text;
        EXPECT_EQ(message_of(seen[0]).method(), "notifications/tools/list_changed");
        EXPECT_EQ(message_of(seen[1]).uri(), R"("file:///a")");
        EXPECT_EQ(seen[2], bare);
    });
}

TEST(ModernListen, one_that_the_server_ends_is_opened_again) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        modern.introduce(kChanging);
        modern.upstream.start();
        const auto first = co_await modern.receive(kListen);
        co_await acknowledge(modern, std::string(first.id()));
        co_await modern.answer(first, R"({"resultType":"complete"})");
        const auto second = co_await modern.receive(kListen);
        EXPECT_EQ(second.params(), first.params());
        EXPECT_NE(second.id(), first.id());
    });
}

}  // namespace
}  // namespace agenthub
