// Which process serves which call of a modern client.

#include "gateway/modern_seats.hpp"

#include <gtest/gtest.h>

#include "tests/activity/activity_support.hpp"
#include "tests/gateway/idle_supervisor.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{};

ServerConfig isolated(std::string name, Isolation isolation) {
    ServerConfig config = server_named(std::move(name));
    config.isolation = isolation;
    config.session_grace = 60s;
    return config;
}

mcp::Caller named(std::string client) {
    mcp::Caller caller;
    caller.client_id = std::move(client);
    return caller;
}

struct ModernSeatsTest : testing::Test {
    test::TempDir dir;
    Config config;
    IdleSupervisor supervised{{isolated("own", Isolation::session), isolated("maybe", Isolation::automatic),
                               isolated("shared", Isolation::shared), isolated("caller", Isolation::caller)}};
    ActivityService activity{supervised.loop.get_executor(), test::options_in(dir.path())};
    HubServer hub{supervised.supervisor, activity};
    ServerDirectory servers{config, supervised.supervisor, hub};
    ModernSeats seats{servers};
};

TEST_F(ModernSeatsTest, calls_at_the_same_time_each_have_their_own) {
    const auto first = seats.take("own", named("a"), kStart);
    const auto second = seats.take("own", named("a"), kStart);
    EXPECT_FALSE(first.empty() || second.empty());
    EXPECT_NE(first, second);
    seats.leave("own", first, kStart);
    EXPECT_EQ(seats.take("own", named("a"), kStart), first) << "the one that is free again";
    EXPECT_NE(first.find(' '), std::string::npos) << "no session's id";
}

TEST_F(ModernSeatsTest, no_two_clients_share_one) {
    const auto of_a = seats.take("own", named("a"), kStart);
    seats.leave("own", of_a, kStart);
    EXPECT_NE(seats.take("own", named("b"), kStart), of_a);
}

TEST_F(ModernSeatsTest, one_that_is_used_outlives_its_server) {
    const auto listening = seats.share("own", named("a"));
    const auto calling = seats.take("own", named("b"), kStart);
    const auto left = seats.take("own", named("c"), kStart);
    seats.leave("own", left, kStart);
    supervised.supervisor.apply({}, Duration(0));
    seats.expire(kStart);
    EXPECT_EQ(seats.size(), 2U) << "nobody uses the third";
    supervised.supervisor.apply({isolated("own", Isolation::session)}, Duration(0));
    EXPECT_EQ(seats.share("own", named("a")), listening);
    seats.release("own", listening, kStart);
    seats.expire(kStart + 1h);
    EXPECT_EQ(seats.size(), 2U) << "the second listen goes on";
    seats.release("own", listening, kStart);
    seats.leave("own", calling, kStart);
    seats.expire(kStart + 1h);
    EXPECT_EQ(seats.size(), 0U);
    supervised.loop.run_for(10s);  // until the servers that were taken away have ended
}

TEST_F(ModernSeatsTest, are_there_where_sessions_are_isolated) {
    EXPECT_FALSE(seats.take("maybe", named("a"), kStart).empty());
    for (const char* server : {"shared", "caller", "unknown"}) {
        EXPECT_EQ(seats.take(server, named("a"), kStart), "") << server;
        EXPECT_EQ(seats.share(server, named("a")), "") << server;
    }
    EXPECT_EQ(seats.size(), 1U);
}

TEST_F(ModernSeatsTest, what_goes_on_beside_calls_shares_the_first) {
    const auto listening = seats.share("own", named("a"));
    EXPECT_EQ(seats.share("own", named("a")), listening);
    EXPECT_EQ(seats.take("own", named("a"), kStart), listening);
    EXPECT_EQ(seats.size(), 1U);
}

TEST_F(ModernSeatsTest, expire_when_nobody_has_used_them_for_session_grace) {
    const auto seat = seats.take("own", named("a"), kStart);
    const auto listening = seats.share("own", named("a"));
    seats.expire(kStart + 1h);
    EXPECT_EQ(seats.size(), 1U) << "in use";
    seats.leave("own", seat, kStart + 1h);
    seats.expire(kStart + 2h);
    EXPECT_EQ(seats.size(), 1U) << "somebody listens";
    seats.release("own", listening, kStart + 2h);
    seats.expire(kStart + 2h + 60s - 1ms);
    EXPECT_EQ(seats.size(), 1U);
    seats.expire(kStart + 2h + 60s);
    EXPECT_EQ(seats.size(), 0U);
    seats.leave("own", seat, kStart);  // what is late is ignored
    seats.release("own", listening, kStart);
    EXPECT_EQ(seats.size(), 0U);
}

}  // namespace
}  // namespace agenthub
