// How a connection ends: the server goes away, closes its input, is stopped.

#include <gtest/gtest.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "mcp/replies.hpp"
#include "tests/bridge/bridge_rig.hpp"

namespace agenthub {
namespace {

TEST(StdioBridgeEnd, fail_settles_everything_and_refuses_the_rest) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        std::vector<ClientCall*> calls;
        for (int i = 0; i < 32; ++i)
            calls.push_back(&rig.call(tool_call("1")));
        auto& ours = rig.request("ping");
        for (int i = 0; i < 32; ++i)
            co_await rig.receive_call("tools/call");
        co_await rig.receive_call("ping");
        rig.bridge.fail(Error(errc::server_exited, "exited with code 1"));
        rig.bridge.fail(Error(errc::internal, "a second reason"));
        EXPECT_EQ(rig.bridge.calls_in_flight(), 0U);
        for (auto& call : calls) {
            co_await call->settled();
            EXPECT_EQ(call->failure(), errc::server_exited);
            EXPECT_EQ(call->outcome->error().message, "exited with code 1");
        }
        co_await ours.settled();
        EXPECT_EQ(ours.failure(), errc::server_exited);
        auto& late = rig.call(tool_call("1"));
        co_await late.settled();
        EXPECT_TRUE(late.outcome->has_error());
        auto& late_ours = rig.request("ping");
        co_await late_ours.settled();
        EXPECT_TRUE(late_ours.outcome->has_error());
    });
}

TEST(StdioBridgeEnd, the_end_of_stdout_is_told) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        co_await rig.send_raw("half a line");
        rig.server_out.close();
        co_await rig.bridge.ended();
        EXPECT_EQ(rig.bridge.counters().garbage_lines, 0U) << "a line without its end is no message";
    });
}

TEST(StdioBridgeEnd, what_a_dying_server_answered_still_counts) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        const std::string id = co_await rig.receive_call("tools/call");
        const std::string answer = mcp::make_response(id, '"' + std::string(30'000, 'x') + '"');
        co_await rig.send(answer);
        rig.server_out.close();
        rig.server_in.close();
        rig.server_err.close();
        // A call that meets the closed pipe must not take the other one's answer away.
        auto& unlucky = rig.call(tool_call("2"));
        co_await rig.bridge.stderr_drained(std::chrono::seconds(20));
        rig.bridge.fail(Error(errc::server_exited, "exited with code 0"));
        co_await call.settled();
        co_await unlucky.settled();
        EXPECT_TRUE(call.reply() == answer);
        EXPECT_TRUE(unlucky.outcome->has_error());
    });
}

TEST(StdioBridgeEnd, a_server_that_closed_its_input_fails_calls_and_is_reported) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& before = rig.call(tool_call("1"));
        co_await rig.receive_call("tools/call");
        rig.server_in.close();
        auto& meets_it = rig.call(tool_call("2"));
        co_await meets_it.settled();
        EXPECT_EQ(meets_it.failure(), errc::write_failed);
        EXPECT_FALSE(before.outcome.has_value()) << "the server has read it and may still answer";
        EXPECT_NE(meets_it.outcome->error().message.find("peer"), std::string::npos);
        co_await rig.bridge.ended();
        auto& after = rig.call(tool_call("3"));
        co_await after.settled();
        EXPECT_TRUE(after.outcome->has_error());
        EXPECT_EQ(after.exchange.sent_at, TimePoint{});
        rig.bridge.fail(Error(errc::server_exited, "exited with code 1"));
        co_await before.settled();
        EXPECT_EQ(before.failure(), errc::server_exited);
    });
}

TEST(StdioBridgeEnd, closing_stdin_is_read_as_the_end) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        const std::string id = co_await rig.receive_call("tools/call");
        rig.bridge.close_stdin();
        EXPECT_EQ(co_await rig.receive(), "");
        co_await rig.send(mcp::make_response(id, "1"));
        co_await call.settled();
        EXPECT_EQ(call.reply(), mcp::make_response(id, "1")) << "what is on its way is still answered";
    });
}

TEST(StdioBridgeEnd, a_call_after_stdin_was_closed_is_refused_at_once) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        rig.bridge.close_stdin();
        auto& call = rig.call(tool_call("1"));
        co_await call.settled();
        EXPECT_TRUE(call.outcome->has_error());
        EXPECT_EQ(call.exchange.sent_at, TimePoint{});
        EXPECT_EQ(call.failure(), errc::server_stopped) << "not started: it may be repeated";
        auto& ours = rig.request("ping");
        co_await ours.settled();
        EXPECT_TRUE(ours.outcome->has_error());
    });
}

TEST(StdioBridgeEnd, stderr_is_kept_until_its_end) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        const std::string words = "starting\nError: no database\n";
        co_await asio::async_write(rig.server_err, asio::buffer(words), use_awaitable);
        rig.server_err.close();
        co_await rig.bridge.stderr_drained(std::chrono::seconds(20));
        EXPECT_EQ(rig.bridge.stderr_tail().text(), words);
        EXPECT_EQ(rig.bridge.stderr_tail().last_line(), "Error: no database");
    });
}

TEST(StdioBridgeEnd, waiting_for_stderr_has_a_limit) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> { co_await rig.bridge.stderr_drained(Duration(1)); });
}

TEST(StdioBridgeEnd, a_flood_of_stderr_does_not_stop_answers) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        const std::string id = co_await rig.receive_call("tools/call");
        const std::string flood(4 << 20, '!');
        co_await asio::async_write(rig.server_err, asio::buffer(flood), use_awaitable);
        co_await rig.send(mcp::make_response(id, "1"));
        co_await call.settled();
        EXPECT_LE(rig.bridge.stderr_tail().text().size(), StderrTail::kLineBytes);
    });
}

TEST(StdioBridgeEnd, stopping_ends_all_loops_while_calls_wait) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& call = rig.call(tool_call("1"));
        co_await rig.receive_call("tools/call");
        co_await rig.bridge.stop();
        EXPECT_FALSE(call.outcome.has_value());
        rig.bridge.fail(Error(errc::server_stopped, "stopped"));
        co_await call.settled();
        EXPECT_EQ(call.failure(), errc::server_stopped);
    });
}

}  // namespace
}  // namespace agenthub
