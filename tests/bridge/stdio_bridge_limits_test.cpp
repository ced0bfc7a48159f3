// Large messages, full queues, too many calls.

#include <gtest/gtest.h>

#include "mcp/replies.hpp"
#include "tests/bridge/bridge_rig.hpp"

namespace agenthub {
namespace {

BridgeLimits limits_of(std::size_t line_bytes, std::size_t pending, std::size_t queue_bytes) {
    BridgeLimits limits;
    limits.line_bytes = line_bytes;
    limits.pending = pending;
    limits.queue_bytes = queue_bytes;
    return limits;
}

// JSON text of about `bytes` bytes with everything that a careless gateway would change.
std::string large_json(std::size_t bytes) {
    std::string text = "[";
    for (std::size_t i = 0; text.size() < bytes; ++i)
        text += R"({"\u00e9\/é":1.50, "n":12345678901234567890, "i":)" + std::to_string(i) + R"(,"s":"\"\\\ud800"},)";
    return text + "null]";
}

TEST(StdioBridgeLimits, megabytes_pass_both_ways_unchanged) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        const std::string payload = large_json(5 << 20);
        const std::string head = R"({"jsonrpc":"2.0","id":)";
        const std::string middle = R"(,"method":"m","params":{"_meta":{"progressToken":)";
        const std::string tail = R"(},"x":)" + payload + "}}";
        auto& call = rig.call(head + R"("client's")" + middle + R"("token")" + tail);
        const std::string line = co_await rig.receive();
        const std::string id(message_of(line).id());
        EXPECT_TRUE(line == head + id + middle + id + tail) << "the request was changed on its way";
        const std::string answer = head + id + R"(, "result" : )" + payload + "}";
        co_await rig.send(answer);
        co_await call.settled();
        EXPECT_TRUE(call.reply() == answer) << "the answer was changed on its way";
    });
}

TEST(StdioBridgeLimits, pending_calls_have_a_limit) {
    with_rig(
        +[](BridgeRig& rig) -> awaitable<void> {
            auto& one = rig.call(tool_call("1"));
            rig.call(tool_call("2"));
            const std::string id = co_await rig.receive_call("tools/call");
            co_await rig.receive_call("tools/call");
            auto& refused = rig.call(tool_call("3"));
            co_await refused.settled();
            EXPECT_EQ(refused.failure(), errc::busy);
            EXPECT_NE(refused.outcome->error().message.find("peer"), std::string::npos);
            EXPECT_EQ(refused.exchange.sent_at, TimePoint{}) << "it was never sent";
            co_await rig.send(mcp::make_response(id, "1"));
            co_await one.settled();
            rig.call(tool_call("4"));
            co_await rig.receive_call("tools/call");
            EXPECT_EQ(rig.bridge.calls_in_flight(), 2U);
        },
        limits_of(1 << 20, 2, 1 << 20));
}

TEST(StdioBridgeLimits, an_answer_of_exactly_the_limit_passes_and_a_longer_one_fails_its_call_alone) {
    with_rig(
        +[](BridgeRig& rig) -> awaitable<void> {
            auto& fits = rig.call(tool_call("1"));
            auto& fails = rig.call(tool_call("2"));
            auto& bystander = rig.call(tool_call("3"));
            const std::string id_fits = co_await rig.receive_call("tools/call");
            const std::string id_fails = co_await rig.receive_call("tools/call");
            const std::string id_bystander = co_await rig.receive_call("tools/call");
            const std::size_t around = mcp::make_response(id_fits, R"("")").size();
            co_await rig.send(mcp::make_response(id_fails, '"' + std::string(100'001 - around, 'x') + '"'));
            co_await fails.settled();
            EXPECT_EQ(fails.failure(), errc::too_large);
            EXPECT_NE(fails.outcome->error().message.find("100001"), std::string::npos);
            co_await rig.send(mcp::make_response(id_fits, '"' + std::string(100'000 - around, 'x') + '"'));
            co_await fits.settled();
            EXPECT_EQ(fits.reply().size(), 100'000U);
            EXPECT_FALSE(bystander.outcome.has_value());
            co_await rig.send(mcp::make_response(id_bystander, "1"));
            co_await bystander.settled();
            EXPECT_EQ(rig.bridge.counters().oversize_lines, 1U);
        },
        limits_of(100'000, 10, 1 << 20));
}

TEST(StdioBridgeLimits, every_oversize_answer_of_one_read_fails_its_call) {
    with_rig(
        +[](BridgeRig& rig) -> awaitable<void> {
            auto& one = rig.call(tool_call("1"));
            auto& two = rig.call(tool_call("2"));
            const std::string id_one = co_await rig.receive_call("tools/call");
            const std::string id_two = co_await rig.receive_call("tools/call");
            const std::string large = '"' + std::string(1000, 'x') + '"';
            co_await rig.send_raw(mcp::make_response(id_one, large) + '\n' + mcp::make_response(id_two, large) + '\n');
            co_await one.settled();
            co_await two.settled();
            EXPECT_EQ(one.failure(), errc::too_large);
            EXPECT_EQ(two.failure(), errc::too_large);
            EXPECT_EQ(rig.bridge.counters().oversize_lines, 2U);
        },
        limits_of(500, 10, 1 << 20));
}

TEST(StdioBridgeLimits, an_oversize_request_of_the_server_fails_no_call) {
    with_rig(
        +[](BridgeRig& rig) -> awaitable<void> {
            auto& call = rig.call(tool_call("1"));
            const std::string id = co_await rig.receive_call("tools/call");
            co_await rig.send(
                mcp::make_call(id, "sampling/createMessage", R"({"x":")" + std::string(1000, 'x') + R"("})"));
            co_await rig.lines_are_taken();
            EXPECT_FALSE(call.outcome.has_value());
            EXPECT_EQ(rig.bridge.counters().oversize_lines, 1U);
        },
        limits_of(500, 10, 1 << 20));
}

TEST(StdioBridgeLimits, a_server_that_does_not_read_makes_calls_busy_and_stops_nothing_else) {
    with_rig(
        +[](BridgeRig& rig) -> awaitable<void> {
            const auto sized = [](std::size_t bytes) {
                const std::string empty = R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"x":""}})";
                return std::string(empty).insert(empty.size() - 3, bytes - empty.size(), 'x');
            };
            // More than a pipe holds: the writer is stuck with it, once its first byte has come out.
            auto& stuck = rig.call(sized(2 << 20));
            const std::string first = co_await rig.receive_raw(1);
            auto& waits = rig.call(sized(100'000));
            auto& refused = rig.call(sized(100'001));
            co_await refused.settled();
            EXPECT_EQ(refused.failure(), errc::busy);
            EXPECT_EQ(refused.exchange.sent_at, TimePoint{});
            EXPECT_EQ(rig.bridge.calls_in_flight(), 2U);
            auto& ping = rig.request("ping");
            co_await ping.settled();
            EXPECT_EQ(ping.failure(), errc::busy) << "a request that was not sent must not be waited for";

            // What the server says is still heard, and a client can still give up.
            co_await rig.send(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
            co_await rig.send(mcp::make_response("1", R"("early")"));
            co_await stuck.settled();
            EXPECT_EQ(stuck.reply(), mcp::make_response("1", R"("early")"));
            EXPECT_EQ(rig.events.seen.size(), 1U);

            const std::string rest = co_await rig.receive();
            EXPECT_EQ((first + rest).size(), std::size_t{2 << 20});
            const std::string id = co_await rig.receive_call("m");
            co_await rig.send(mcp::make_response(id, "1"));
            co_await waits.settled();
            EXPECT_EQ(waits.reply(), mcp::make_response(id, "1"));
            rig.call(sized(100'001));
            co_await rig.receive_call("m");
        },
        limits_of(4 << 20, 10, 100'000));
}

TEST(StdioBridgeLimits, a_server_that_asks_without_reading_costs_no_more_than_the_queue) {
    with_rig(
        +[](BridgeRig& rig) -> awaitable<void> {
            std::string pings;
            for (int i = 0; i < 20'000; ++i)
                pings += mcp::make_call(std::to_string(i), "ping") + '\n';
            co_await rig.send_raw(std::move(pings));  // ends only because the bridge goes on reading
            // The answers that found room are whole, each the answer to a ping, in order. A call finds room once some
            // of them have been read.
            std::int64_t last = -1;
            int answers = 0;
            bool asked = false;
            for (;;) {
                if (!asked) {
                    auto& call = rig.call(R"({"jsonrpc":"2.0","id":1,"method":"m"})");
                    co_await rig.turns();
                    asked = !call.outcome.has_value();
                    EXPECT_TRUE(asked || call.failure() == errc::busy);
                }
                const auto line = message_of(co_await rig.receive());
                if (line.kind() == mcp::Kind::request)
                    break;
                const auto id = std::stoll(std::string(line.id()));
                EXPECT_GT(id, last);
                last = id;
                ++answers;
            }
            EXPECT_GT(answers, 0);
        },
        limits_of(1 << 20, 10, 10'000));
}

}  // namespace
}  // namespace agenthub
