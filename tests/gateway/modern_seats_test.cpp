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
    for (const char* server : {"shared", "unknown"}) {
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

TEST_F(ModernSeatsTest, without_a_process_are_gone_when_they_are_left) {
    const auto seat = seats.take("own", named("a"), kStart);
    const auto listening = seats.share("own", named("a"));
    EXPECT_EQ(seats.size(), 1U);
    seats.leave("own", seat, kStart);
    seats.leave("own", seat, kStart);  // what is late is ignored
    EXPECT_EQ(seats.size(), 1U) << "somebody listens";
    seats.release("own", listening, kStart);
    seats.release("own", listening, kStart);
    EXPECT_EQ(seats.size(), 0U);
    // Whoever calls may do so under ever new names.
    for (int i = 0; i < 1000; ++i)
        for (const char* server : {"own", "caller"})
            seats.leave(server, seats.take(server, named(std::to_string(i)), kStart), kStart);
    EXPECT_EQ(seats.size(), 0U);
}

TEST_F(ModernSeatsTest, long_names_stay_apart_and_are_not_kept_whole) {
    const std::string longest(200, 'x');
    EXPECT_TRUE(seats.take("own", named(longest), kStart).ends_with(" " + longest));
    const auto one = seats.take("own", named(longest + "1"), kStart);
    const auto other = seats.take("own", named(longest + "2"), kStart);
    EXPECT_NE(one, other);
    EXPECT_EQ(one, "1" + other.substr(1, 201) + one.substr(202)) << "the beginning is readable";
    EXPECT_LT(seats.take("own", named(std::string(100'000, 'x')), kStart).size(), 300U);
}

TEST_F(ModernSeatsTest, of_a_name_is_one_for_all_its_calls_and_no_session) {
    const auto first = seats.take("caller", named("a"), kStart);
    EXPECT_EQ(seats.take("caller", named("a"), kStart), first);
    EXPECT_EQ(seats.share("caller", named("a")), first);
    EXPECT_EQ(seats.size(), 1U);
    EXPECT_NE(seats.take("caller", named("b"), kStart), first);
    EXPECT_EQ(ModernSeats::session_of(first), "");
    const auto own = seats.take("own", named("a"), kStart);
    EXPECT_EQ(ModernSeats::session_of(own), own);
    EXPECT_EQ(ModernSeats::session_of(""), "");
}

// With processes, or what is left of them: there is no program to start.
struct ServedSeatsTest : ModernSeatsTest {
    // Has the owner's process started; true when the slot knows of it.
    bool started(const char* server, mcp::Caller caller, std::string_view seat) {
        caller.session_id = ModernSeats::session_of(seat);
        ServerSlot& slot = *supervised.supervisor.find(server);
        (void)test::wait_for(supervised.loop, slot.upstream(caller, Deadline::after(5s)));
        return runs(server, std::string(slot.owner_of(caller)));
    }
    bool runs(const char* server, const std::string& owner) const {
        return supervised.supervisor.find(server)->has_runner_of(owner);
    }
    void TearDown() override {
        supervised.loop.restart();
        run_to_end(supervised.loop, supervised.supervisor.shut_down());
    }
};

TEST_F(ServedSeatsTest, expire_when_nobody_has_used_them_for_session_grace) {
    const auto seat = seats.take("own", named("a"), kStart);
    const auto listening = seats.share("own", named("a"));
    ASSERT_TRUE(started("own", named("a"), seat));
    seats.expire(kStart + 1h);
    EXPECT_EQ(seats.size(), 1U) << "in use";
    seats.leave("own", seat, kStart + 1h);
    seats.expire(kStart + 2h);
    EXPECT_EQ(seats.size(), 1U) << "somebody listens";
    seats.release("own", listening, kStart + 2h);
    seats.expire(kStart + 2h + 60s - 1ms);
    EXPECT_EQ(seats.size(), 1U);
    EXPECT_TRUE(runs("own", seat));
    seats.expire(kStart + 2h + 60s);
    EXPECT_EQ(seats.size(), 0U);
    EXPECT_FALSE(runs("own", seat));
}

TEST_F(ServedSeatsTest, of_a_name_end_its_process_when_nobody_has_called_for_session_grace) {
    const auto seat = seats.take("caller", named("a"), kStart);
    ASSERT_EQ(seats.take("caller", named("a"), kStart), seat);
    ASSERT_TRUE(started("caller", named("a"), seat));
    seats.leave("caller", seat, kStart);
    seats.expire(kStart + 1h);
    EXPECT_TRUE(runs("caller", "a")) << "another call goes on";
    seats.leave("caller", seat, kStart + 1h);
    seats.expire(kStart + 1h + 60s - 1ms);
    EXPECT_TRUE(runs("caller", "a"));
    seats.expire(kStart + 1h + 60s);
    EXPECT_FALSE(runs("caller", "a"));
    EXPECT_EQ(seats.size(), 0U);
}

TEST_F(ServedSeatsTest, of_a_name_leave_its_process_to_the_sessions_that_use_it) {
    std::string asked;
    bool in_use = true;
    ModernSeats beside(servers, [&](std::string_view server, std::string_view owner) {
        asked.append(server).append("/").append(owner).append(" ");
        return in_use;
    });
    const auto seat = beside.take("caller", named("a"), kStart);
    ASSERT_TRUE(started("caller", named("a"), seat));
    beside.leave("caller", seat, kStart);
    beside.expire(kStart + 60s);
    beside.expire(kStart + 61s);
    EXPECT_EQ(asked, "caller/a ") << "not at every look";
    EXPECT_TRUE(runs("caller", "a"));
    in_use = false;
    beside.expire(kStart + 120s);
    EXPECT_FALSE(runs("caller", "a"));
    EXPECT_EQ(beside.size(), 0U);
}

}  // namespace
}  // namespace agenthub
