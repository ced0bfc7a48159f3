// Tests of CallGate: calls and waiters at an open breaker.

#include "tests/supervisor/call_gate_fixture.hpp"

namespace agenthub {
namespace {

TEST_F(CallGateTest, an_open_breaker_refuses_at_once_and_says_for_how_long) {
    use(config_with(0, 10));
    for (int i = 0; i < 3; ++i)
        fail(call("a"));
    CallPass pass;
    EXPECT_FALSE(gate->try_enter(pass));
    Caller& refused = call("b");
    EXPECT_EQ(refused.code(), errc::breaker_open);
    const Error error = refused.outcome->error();
    EXPECT_EQ(error.message.find("Server s circuit breaker open"), 0U) << error.message;
    EXPECT_GT(error.retry_after, 29s);
    EXPECT_LE(error.retry_after, 30s);
    EXPECT_EQ(gate->running(), 0U);
    EXPECT_EQ(gate->counters().refused, 1U);
    gate->close_breaker();
    EXPECT_TRUE(gate->try_enter(pass));
}

TEST_F(CallGateTest, what_it_would_refuse_is_told_before_and_counted) {
    auto config = config_with(1, 10);
    config.breaker_threshold = 1;
    use(config);
    Caller& first = call("a");
    EXPECT_EQ(gate->refusal(), std::nullopt) << "who finds no place may wait";
    EXPECT_EQ(gate->counters().refused, 0U);
    fail(first);
    const auto why = gate->refusal();
    ASSERT_TRUE(why.has_value());
    EXPECT_EQ(why->code, errc::breaker_open);
    EXPECT_GT(why->retry_after, 29s);
    EXPECT_EQ(gate->counters().refused, 1U);
    EXPECT_EQ(gate->breaker().state, BreakerState::open) << "asking is no probe";
}

TEST_F(CallGateTest, who_waits_is_refused_when_the_breaker_opens) {
    auto config = config_with(1, 10);
    config.breaker_threshold = 1;
    use(config);
    Caller& first = call("a");
    Caller& second = call("b");
    Caller& third = call("a");
    fail(first);
    EXPECT_EQ(second.code(), errc::breaker_open);
    EXPECT_EQ(third.code(), errc::breaker_open);
    EXPECT_EQ(gate->running(), 0U);
    EXPECT_EQ(gate->waiting(), 0U);
}

TEST_F(CallGateTest, of_those_that_wait_for_the_probe_one_goes_and_the_others_are_refused) {
    auto config = config_with(1, 10);
    config.breaker_threshold = 1;
    config.breaker_recovery = 1ms;
    use(config);
    fail(call("a"));
    loop.restart();
    while (gate->breaker().state != BreakerState::half_open)
        loop.run_one_for(1ms);
    Caller& probe = call("a");
    EXPECT_TRUE(probe.is_in());
    EXPECT_EQ(call("b").code(), errc::breaker_open);
    end(probe);  // told nothing
    Caller& next = call("c");
    EXPECT_TRUE(next.is_in()) << "the place of a probe is never lost";
    next.pass->settle(message_of(R"({"jsonrpc":"2.0","id":1,"result":{}})"));
    end(next);
    EXPECT_EQ(gate->breaker().state, BreakerState::closed);
}

TEST_F(CallGateTest, an_error_that_the_server_answered_is_a_success) {
    use(config_with(0, 10));
    for (int i = 0; i < 10; ++i) {
        Caller& caller = call("a");
        caller.pass->settle(message_of(R"({"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}})"));
        end(caller);
    }
    EXPECT_EQ(gate->breaker().total_successes, 10U);
    EXPECT_EQ(gate->breaker().state, BreakerState::closed);
}

}  // namespace
}  // namespace agenthub
