// Tests of CallGate: waiting for a place, and leaving the queue.

#include "tests/supervisor/call_gate_fixture.hpp"

namespace agenthub {
namespace {

TEST_F(CallGateTest, lets_calls_in_at_once_while_there_are_places) {
    use(config_with(2, 10));
    EXPECT_TRUE(call("a").is_in());
    CallPass second;
    EXPECT_TRUE(gate->try_enter(second));
    CallPass third;
    EXPECT_FALSE(gate->try_enter(third));
    EXPECT_EQ(gate->running(), 2U);
}

TEST_F(CallGateTest, gives_a_place_to_the_next_client_in_turn) {
    use(config_with(1, 10));
    Caller& first = call("a");
    Caller& second = call("a");
    Caller& third = call("a");
    Caller& other = call("b");
    EXPECT_TRUE(second.waits() && third.waits() && other.waits());
    end(first);
    EXPECT_TRUE(second.is_in());
    end(second);
    EXPECT_TRUE(other.is_in());
    EXPECT_TRUE(third.waits());
    end(other);
    EXPECT_TRUE(third.is_in());
    end(third);
    EXPECT_EQ(gate->running(), 0U);
}

TEST_F(CallGateTest, a_new_configuration_holds_for_those_who_wait) {
    use(config_with(1, 10));
    call("a");
    Caller& second = call("b");
    Caller& third = call("c");
    EXPECT_TRUE(second.waits());
    gate->reconfigure(config_with(2, 1));
    turn();
    EXPECT_TRUE(second.is_in());
    EXPECT_TRUE(third.waits());
    EXPECT_EQ(call("d").code(), errc::busy) << "one may wait";
    gate->reconfigure(config_with(0, 1));
    turn();
    EXPECT_TRUE(third.is_in());
    EXPECT_TRUE(call("e").is_in()) << "no limit any more";
}

TEST_F(CallGateTest, sessions_of_one_known_principal_are_one_client) {
    mcp::Caller agent = caller_of("one");
    EXPECT_EQ(client_of(agent), "one");
    agent.principal = "agent";
    EXPECT_EQ(client_of(agent), "agent");
    mcp::Caller nobody = caller_of("");
    nobody.client_id = "curl";
    EXPECT_EQ(client_of(nobody), "curl");
}

TEST_F(CallGateTest, refuses_one_more_than_may_wait_at_once_and_says_when_to_come_back) {
    use(config_with(1, 2));
    call("a");
    call("a");
    call("a");
    Caller& fourth = call("a");
    EXPECT_EQ(fourth.code(), errc::busy);
    EXPECT_TRUE(fourth.outcome->error().retry_after.has_value());
    Caller& other = call("b");
    EXPECT_TRUE(other.waits()) << "takes the place of a's last";
    EXPECT_EQ(callers[2].code(), errc::busy);
    EXPECT_EQ(gate->counters().overflows, 2U);
    EXPECT_EQ(gate->waiting(), 2U);
}

TEST_F(CallGateTest, refuses_who_has_waited_for_queue_timeout) {
    use(config_with(1, 10, 20ms));
    Caller& first = call("a");
    Caller& second = call("b");
    turn_until_settled(second);
    EXPECT_EQ(second.code(), errc::busy);
    EXPECT_TRUE(second.outcome->error().retry_after.has_value());
    EXPECT_EQ(gate->counters().timeouts, 1U);
    EXPECT_EQ(gate->waiting(), 0U);
    end(first);
    EXPECT_EQ(gate->running(), 0U) << "no place went to the one that left";
}

TEST_F(CallGateTest, nobody_waits_longer_than_for_the_deadline_of_its_call) {
    use(config_with(1, 10));
    call("a");
    Caller& second = call("b", Deadline::after(20ms));
    turn_until_settled(second);
    EXPECT_EQ(second.code(), errc::busy);
}

TEST_F(CallGateTest, a_cancelled_call_leaves_the_queue) {
    use(config_with(1, 10));
    Caller& first = call("a");
    Caller& second = call("b");
    Caller& third = call("c");
    gate->cancel(second.exchange);
    gate->cancel(first.exchange);  // runs already: nothing to do here
    turn();
    EXPECT_EQ(second.code(), errc::cancelled);
    EXPECT_TRUE(first.is_in());
    end(first);
    EXPECT_TRUE(third.is_in());
}

TEST_F(CallGateTest, a_coroutine_that_is_broken_off_leaves_the_queue) {
    use(config_with(1, 10));
    Caller& first = call("a");
    call("b");
    cancel_all();
    EXPECT_EQ(gate->waiting(), 0U);
    end(first);
    EXPECT_EQ(gate->running(), 0U);
}

TEST_F(CallGateTest, no_place_is_lost_when_its_coroutine_is_broken_off_as_it_gets_it) {
    use(config_with(1, 10));
    Caller& first = call("a");
    Caller& second = call("b");
    asio::post(loop, [&] {
        first.pass.reset();
        tasks.cancel();
    });
    turn();
    second.pass.reset();
    EXPECT_EQ(gate->running(), 0U);
    EXPECT_EQ(gate->waiting(), 0U);
}

}  // namespace
}  // namespace agenthub
