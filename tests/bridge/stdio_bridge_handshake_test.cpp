// The opening of the conversation with a server, and AgentHub's own requests.

#include <gtest/gtest.h>
#include <boost/asio/this_coro.hpp>

#include "bridge/handshake.hpp"
#include "mcp/replies.hpp"
#include "tests/bridge/bridge_rig.hpp"

namespace agenthub {
namespace {

HandshakePlan legacy_plan() {
    HandshakePlan plan;
    plan.probe = false;
    plan.introduction = shared_introduction();
    return plan;
}

struct Opening {
    Opening(BridgeRig& rig, Deadline deadline)
        : handshake(rig.bridge, "peer", legacy_plan()), task(rig.server_in.get_executor()) {
        task.spawn(run(rig.bridge, deadline), "handshake");
    }
    awaitable<void> run(StdioBridge& bridge, Deadline deadline) {
        auto done = co_await handshake.run(deadline);
        if (done)
            bridge.introduced(*done);
        outcome.emplace(std::move(done));
    }
    Handshake handshake;
    std::optional<result<ServerInfo>> outcome;
    TaskGroup task;
};

// The error of a handshake whose initialize is answered with `member`, "result" or "error", and its text.
awaitable<Error> refusal(BridgeRig& rig, std::string reply_from_id) {
    Opening handshake(rig, {});
    const std::string id = co_await rig.receive_call("initialize");
    co_await rig.send(R"({"jsonrpc":"2.0","id":)" + id + reply_from_id);
    co_await handshake.task.join();
    CO_REQUIRE(handshake.outcome.has_value() && handshake.outcome->has_error());
    co_return handshake.outcome->error();
}

TEST(StdioBridgeHandshake, introduces_agenthub_and_takes_what_the_server_says) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        Opening handshake(rig, {});
        const std::string line = co_await rig.receive();
        const auto hello = message_of(line);
        EXPECT_EQ(hello.method(), "initialize");
        EXPECT_NE(hello.params().find(R"("protocolVersion":"2025-11-25")"), std::string::npos) << line;
        EXPECT_NE(hello.params().find(R"("capabilities":{"sampling":{},"elicitation":{"form":{},"url":{}}})"),
                  std::string::npos)
            << line;
        EXPECT_NE(hello.params().find(R"("clientInfo":{"name":"agenthub","version":")"), std::string::npos) << line;
        co_await rig.send(mcp::make_response(
            hello.id(),
            R"({"protocolVersion":"2024-11-05","capabilities":{"logging":{}},"serverInfo":{"name":"s","version":"1"}})"));
        EXPECT_EQ(co_await rig.receive(), R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
        co_await handshake.task.join();
        CO_REQUIRE(handshake.outcome.has_value());
        EXPECT_TRUE(handshake.outcome->has_value());
        EXPECT_EQ(rig.bridge.info().protocol_version, "2024-11-05");
        EXPECT_TRUE(rig.bridge.info().has_logging);
    });
}

TEST(StdioBridgeHandshake, a_refusal_is_told_with_the_servers_words) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        const Error error = co_await refusal(rig, R"(,"error":{"code":-32602,"message":"not today"}})");
        EXPECT_EQ(error.code, errc::start_refused);
        EXPECT_NE(error.message.find("not today"), std::string::npos) << error.message;
        EXPECT_NE(error.message.find("peer"), std::string::npos) << error.message;
    });
}

TEST(StdioBridgeHandshake, an_unknown_version_is_refused_by_name) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        for (const char* version : {"1999-01-01", "2026-07-28", ""}) {
            const Error error =
                co_await refusal(rig, std::string(R"(,"result":{"protocolVersion":")") + version + R"("}})");
            EXPECT_EQ(error.code, errc::start_refused) << version;
            EXPECT_NE(error.message.find("'" + std::string(version) + "'"), std::string::npos) << error.message;
        }
    });
}

TEST(StdioBridgeHandshake, a_result_without_version_is_refused) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        const Error error = co_await refusal(rig, R"(,"result":{}})");
        EXPECT_EQ(error.code, errc::start_refused);
    });
}

TEST(StdioBridgeHandshake, a_silent_server_times_out_and_initialize_is_not_cancelled) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        Opening handshake(rig, Deadline::after(Duration(1)));
        co_await rig.receive_call("initialize");
        co_await handshake.task.join();
        CO_REQUIRE(handshake.outcome.has_value() && handshake.outcome->has_error());
        EXPECT_EQ(handshake.outcome->error().code, errc::start_timeout);
        // "The initialize request MUST NOT be cancelled by clients" (basic/utilities/cancellation).
        auto& next = rig.request("ping");
        const std::string id = co_await rig.receive_call("ping");
        co_await rig.send(mcp::make_response(id, "{}"));
        co_await next.settled();
    });
}

TEST(StdioBridgeHandshake, a_server_that_goes_away_fails_it_with_what_is_known) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        Opening handshake(rig, {});
        co_await rig.receive_call("initialize");
        rig.bridge.fail(Error(errc::server_exited, "exited with code 3"));
        co_await handshake.task.join();
        CO_REQUIRE(handshake.outcome.has_value() && handshake.outcome->has_error());
        EXPECT_EQ(handshake.outcome->error().code, errc::start_exited);
        EXPECT_NE(handshake.outcome->error().message.find("exited with code 3"), std::string::npos);
    });
}

TEST(StdioBridgeRequest, is_numbered_and_answered) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& ping = rig.request("ping");
        const std::string id = co_await rig.receive_call("ping");
        EXPECT_EQ(rig.bridge.calls_in_flight(), 0U) << "only clients' calls count";
        co_await rig.send(mcp::make_response(id, R"({"x":1})"));
        co_await ping.settled();
        CO_REQUIRE(ping.outcome.has_value() && ping.outcome->has_value());
        EXPECT_EQ((*ping.outcome)->result_member(), R"({"x":1})");
    });
}

TEST(StdioBridgeRequest, times_out_and_is_cancelled) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        auto& request = rig.request("tools/list", Deadline::after(Duration(1)));
        const std::string id = co_await rig.receive_call("tools/list");
        const auto cancelled = message_of(co_await rig.receive());
        EXPECT_EQ(cancelled.method(), "notifications/cancelled");
        EXPECT_EQ(cancelled.request_id(), id);
        co_await request.settled();
        EXPECT_EQ(request.failure(), errc::call_timeout);
    });
}

}  // namespace
}  // namespace agenthub
