// Finding a server's era out, and what each answer to the probe leads to.

#include <gtest/gtest.h>

#include "bridge/handshake.hpp"
#include "mcp/replies.hpp"
#include "tests/bridge/bridge_rig.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

constexpr const char* kLegacyResult = R"({"protocolVersion":"2025-06-18","capabilities":{}})";

HandshakePlan plan_of(bool probe, bool initialize, Duration probe_limit = 20s) {
    HandshakePlan plan;
    plan.probe = probe;
    plan.initialize = initialize;
    plan.probe_limit = probe_limit;
    plan.introduction = {R"({"roots":{"listChanged":true}})", R"({"name":"a client","version":"7"})"};
    return plan;
}

struct Opening {
    Opening(BridgeRig& rig, HandshakePlan plan, Deadline deadline = {})
        : handshake(rig.bridge, "peer", std::move(plan)), task(rig.server_in.get_executor()) {
        task.spawn(run(deadline), "handshake");
    }
    awaitable<void> run(Deadline deadline) {
        auto done = co_await handshake.run(deadline);
        outcome.emplace(std::move(done));
    }
    errc failure() const { return outcome && outcome->has_error() ? outcome->error().code : errc::internal; }
    std::string message() const { return outcome && outcome->has_error() ? outcome->error().message : ""; }

    Handshake handshake;
    std::optional<result<ServerInfo>> outcome;
    TaskGroup task;
};

// Goes on as a legacy server to the end of the handshake.
awaitable<void> finish_legacy(BridgeRig& rig, Opening& opening) {
    const std::string id = co_await rig.receive_call("initialize");
    EXPECT_FALSE(opening.handshake.is_probing());
    co_await rig.send(mcp::make_response(id, kLegacyResult));
    const std::string done = co_await rig.receive();
    EXPECT_EQ(done, R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
    co_await opening.task.join();
    CO_REQUIRE(opening.outcome.has_value() && opening.outcome->has_value());
    EXPECT_EQ((*opening.outcome)->protocol_version, "2025-06-18");
    EXPECT_FALSE((*opening.outcome)->modern);
}

// A probe that is answered so, `answer` follows the id, leads to initialize.
awaitable<void> is_legacy(BridgeRig& rig, std::string answer) {
    SCOPED_TRACE(answer);
    Opening opening(rig, plan_of(true, true));
    const std::string id = co_await rig.receive_call("server/discover");
    EXPECT_TRUE(opening.handshake.is_probing());
    co_await rig.send(R"({"jsonrpc":"2.0","id":)" + id + answer);
    co_await finish_legacy(rig, opening);
}

// One that is answered so ends the handshake; returns how.
awaitable<Error> is_refused(BridgeRig& rig, std::string answer, bool may_initialize = true) {
    Opening opening(rig, plan_of(true, may_initialize));
    const std::string id = co_await rig.receive_call("server/discover");
    co_await rig.send(R"({"jsonrpc":"2.0","id":)" + id + answer);
    co_await rig.lines_are_taken();
    co_await opening.task.join();
    CO_REQUIRE(opening.outcome.has_value() && opening.outcome->has_error());
    co_return opening.outcome->error();
}

TEST(HandshakeEra, a_discover_result_makes_the_server_modern_without_initialize) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        Opening opening(rig, plan_of(true, true));
        const auto probe = message_of(co_await rig.receive());
        EXPECT_EQ(probe.method(), "server/discover");
        for (const char* part : {R"("io.modelcontextprotocol/protocolVersion":"2026-07-28")",
                                 R"("io.modelcontextprotocol/clientInfo":{"name":"a client","version":"7"})",
                                 R"("io.modelcontextprotocol/clientCapabilities":{"roots":{"listChanged":true}})"})
            EXPECT_NE(probe.text().find(part), std::string::npos) << probe.text();
        co_await rig.send(mcp::make_response(
            probe.id(),
            R"({"resultType":"complete","supportedVersions":["2027-01-01","2026-07-28"],"capabilities":{"tools":{}},)"
            R"("instructions":"be kind","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}}})"));
        co_await rig.lines_are_taken();  // nothing of initialize follows
        co_await opening.task.join();
        CO_REQUIRE(opening.outcome.has_value() && opening.outcome->has_value());
        const ServerInfo& info = **opening.outcome;
        EXPECT_TRUE(info.modern);
        EXPECT_EQ(info.protocol_version, "2026-07-28");
        EXPECT_TRUE(info.has_tools);
        EXPECT_EQ(info.server_info, R"({"name":"s"})");
        EXPECT_EQ(info.instructions, R"("be kind")");
        EXPECT_FALSE(opening.handshake.is_probing());
    });
}

TEST(HandshakeEra, any_error_that_is_not_of_the_modern_era_leads_to_initialize) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        co_await is_legacy(rig, R"(,"error":{"code":-32601,"message":"Method not found"}})");
        co_await is_legacy(rig, R"(,"error":{"code":-32602,"message":"initialize first"}})");
        co_await is_legacy(rig, R"(,"error":{"code":-32019,"message":"one off"}})");
        co_await is_legacy(rig, R"(,"error":{"code":-32023,"message":"one off"}})");
        co_await is_legacy(rig, R"(,"error":{"code":0,"message":""}})");
        co_await is_legacy(rig, R"(,"result":{}})");
        co_await is_legacy(rig, R"(,"result":{"supportedVersions":"2026-07-28"}})");
    });
}

TEST(HandshakeEra, a_modern_server_of_unknown_versions_is_refused_with_their_names) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        const Error by_result = co_await is_refused(rig, R"(,"result":{"supportedVersions":["2027-01-01"]}})");
        EXPECT_EQ(by_result.code, errc::start_refused);
        EXPECT_NE(by_result.message.find("2027-01-01"), std::string::npos) << by_result.message;
        const Error by_error =
            co_await is_refused(rig, R"(,"error":{"code":-32022,"message":"no","data":{"supported":["2027-01-01"]}}})");
        EXPECT_EQ(by_error.code, errc::start_refused);
        EXPECT_NE(by_error.message.find("2027-01-01"), std::string::npos) << by_error.message;
    });
}

TEST(HandshakeEra, a_server_that_names_legacy_versions_is_initialized) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        co_await is_legacy(rig, R"(,"result":{"supportedVersions":["2027-01-01","2025-06-18"]}})");
        co_await is_legacy(
            rig, R"(,"error":{"code":-32022,"message":"no","data":{"supported":["2027-01-01","2025-06-18"]}}})");
    });
}

TEST(HandshakeEra, other_errors_of_the_modern_era_are_told_and_not_initialized_after) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        for (const char* code : {"-32020", "-32021", "-32022"}) {
            const Error error = co_await is_refused(
                rig, R"(,"error":{"code":)" + std::string(code) + R"(,"message":"needs sampling"}})");
            EXPECT_EQ(error.code, errc::start_refused) << code;
            EXPECT_NE(error.message.find("needs sampling"), std::string::npos) << error.message;
        }
    });
}

TEST(HandshakeEra, silence_leads_to_initialize_and_the_probe_is_cancelled) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        Opening opening(rig, plan_of(true, true, 1ms));
        const std::string probe = co_await rig.receive_call("server/discover");
        const auto cancelled = message_of(co_await rig.receive());
        EXPECT_EQ(cancelled.method(), "notifications/cancelled");
        EXPECT_EQ(cancelled.request_id(), probe);
        const std::string id = co_await rig.receive_call("initialize");
        co_await rig.send(mcp::make_error(probe, -32601, "a late answer"));
        co_await rig.send(mcp::make_response(id, kLegacyResult));
        co_await rig.receive();
        co_await opening.task.join();
        CO_REQUIRE(opening.outcome.has_value());
        EXPECT_TRUE(opening.outcome->has_value()) << opening.message();
    });
}

TEST(HandshakeEra, a_server_that_ends_over_the_probe_is_seen_to_have_been_probed) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        Opening opening(rig, plan_of(true, true));
        co_await rig.receive_call("server/discover");
        rig.bridge.fail(Error(errc::server_exited, "exited with code 3"));
        co_await opening.task.join();
        EXPECT_TRUE(opening.handshake.is_probing());
        EXPECT_EQ(opening.failure(), errc::start_exited);
        EXPECT_NE(opening.message().find("exited with code 3"), std::string::npos) << opening.message();
    });
}

TEST(HandshakeEra, legacy_by_configuration_is_never_probed) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        Opening opening(rig, plan_of(false, true));
        const auto hello = message_of(co_await rig.receive());
        EXPECT_EQ(hello.method(), "initialize");
        EXPECT_NE(hello.params().find(R"("capabilities":{"roots":{"listChanged":true}})"), std::string::npos);
        EXPECT_NE(hello.params().find(R"("clientInfo":{"name":"a client","version":"7"})"), std::string::npos);
        EXPECT_FALSE(opening.handshake.is_probing());
        co_await rig.send(mcp::make_response(hello.id(), kLegacyResult));
        co_await rig.receive();
        co_await opening.task.join();
    });
}

TEST(HandshakeEra, modern_by_configuration_is_never_initialized) {
    with_rig(+[](BridgeRig& rig) -> awaitable<void> {
        const Error unknown =
            co_await is_refused(rig, R"(,"error":{"code":-32601,"message":"Method not found"}})", false);
        EXPECT_EQ(unknown.code, errc::start_refused);
        EXPECT_NE(unknown.message.find("server/discover"), std::string::npos) << unknown.message;
        const Error old = co_await is_refused(rig, R"(,"result":{"supportedVersions":["2025-06-18"]}})", false);
        EXPECT_EQ(old.code, errc::start_refused);
        // There is nothing to go on with after silence: it has the whole start_timeout.
        Opening silent(rig, plan_of(true, false, 1ms), Deadline::after(200ms));
        const TimePoint began = Clock::now();
        co_await rig.receive_call("server/discover");
        co_await silent.task.join();
        EXPECT_EQ(silent.failure(), errc::start_timeout);
        EXPECT_GE(Clock::now(), began + 150ms);
    });
}

}  // namespace
}  // namespace agenthub
