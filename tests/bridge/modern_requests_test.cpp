// AgentHub's own requests to a modern server.

#include <gtest/gtest.h>

#include "mcp/json_members.hpp"
#include "mcp/replies.hpp"
#include "tests/bridge/modern_rig.hpp"

namespace agenthub {
namespace {

std::string meta_member(const mcp::Message& request, std::string_view name) {
    return std::string(mcp::member(request.meta(), "io.modelcontextprotocol/" + std::string(name)));
}

struct OwnCall {
    OwnCall(ModernRig& modern, std::string method, std::string params = {})
        : task(modern.rig.server_in.get_executor()) {
        task.spawn(run(modern, std::move(method), std::move(params)), "own call");
    }
    awaitable<void> run(ModernRig& modern, std::string method, std::string params) {
        auto reply = co_await modern.request(method, params);
        outcome.emplace(std::move(reply));
    }
    TaskGroup task;
    std::optional<result<mcp::Message>> outcome;
};

TEST(ModernUpstream, agenthubs_own_requests_are_made_for_the_era) {
    with_modern(+[](ModernRig& modern) -> awaitable<void> {
        OwnCall ping(modern, "ping");
        const auto probe = co_await modern.receive("server/discover");
        EXPECT_EQ(meta_member(probe, "protocolVersion"), R"("2026-07-28")");
        EXPECT_EQ(meta_member(probe, "clientCapabilities"), R"({"elicitation":{}})");
        EXPECT_EQ(meta_member(probe, "clientInfo"), R"({"name":"agenthub","version":"1"})");
        co_await modern.answer(probe, R"({"supportedVersions":[]})");
        co_await ping.task.join();
        CO_REQUIRE(ping.outcome.has_value());
        EXPECT_TRUE(ping.outcome->has_value());

        OwnCall list(modern, "tools/list", R"({"cursor":"c"})");
        const auto listed = co_await modern.receive("tools/list");
        EXPECT_EQ(mcp::member(listed.params(), "cursor"), R"("c")");
        EXPECT_EQ(meta_member(listed, "protocolVersion"), R"("2026-07-28")");
        co_await modern.answer(listed, "{}");
        co_await list.task.join();

        OwnCall level(modern, "logging/setLevel", R"({"level":"debug"})");
        co_await level.task.join();
        CO_REQUIRE(level.outcome.has_value() && level.outcome->has_value());
        for (const char* method : {"notifications/initialized", "notifications/roots/list_changed"})
            modern.upstream.notify(message_of(mcp::make_call("", method)));
        co_await modern.rig.lines_are_taken();  // nothing of these is sent
    });
}

}  // namespace
}  // namespace agenthub
