// Tests of CallGate: the waiting around Bulkhead and CircuitBreaker.

#include "supervisor/call_gate.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include <deque>
#include <memory>

#include "tests/bridge/test_exchange.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

ServerConfig config_with(std::size_t places, std::size_t queue, Duration queue_timeout = 60s) {
    ServerConfig config;
    config.name = "s";
    config.max_concurrency = places;
    config.queue = queue;
    config.queue_timeout = queue_timeout;
    return config;
}

// A call that enters, or tries to, in a task of its own.
struct Caller {
    explicit Caller(std::string session, Deadline deadline)
        : exchange(R"({"jsonrpc":"2.0","id":1,"method":"tools/call"})", std::move(session), deadline) {}
    awaitable<void> run(CallGate& gate) {
        auto entered = co_await gate.enter(*pass, exchange);
        outcome.emplace(std::move(entered));
    }
    bool waits() const { return !outcome.has_value(); }
    bool is_in() const { return outcome && outcome->has_value(); }
    errc code() const { return outcome && !*outcome ? outcome->error().code : errc::internal; }

    TestExchange exchange;
    std::unique_ptr<CallPass> pass = std::make_unique<CallPass>();
    std::optional<result<void>> outcome;
};

struct CallGateTest : testing::Test {
    ~CallGateTest() override {
        cancel_all();
        callers.clear();
    }
    // From within the loop, as the daemon does.
    void cancel_all() {
        asio::post(loop, [this] { tasks.cancel(); });
        turn();
    }
    void use(const ServerConfig& config) { gate.emplace(loop.get_executor(), config); }
    Caller& call(const std::string& session, Deadline deadline = {}) {
        callers.emplace_back(session, deadline);
        tasks.spawn(callers.back().run(*gate), "caller");
        turn();
        return callers.back();
    }
    // What is ready happens; timers of the future stay.
    void turn() {
        loop.restart();
        loop.poll();
    }
    void turn_until_settled(const Caller& caller) {
        loop.restart();
        while (caller.waits() && loop.run_one_for(10s) > 0) {
        }
        ASSERT_FALSE(caller.waits()) << "within ten seconds";
    }
    void end(Caller& caller) {
        caller.pass.reset();
        turn();
    }
    void fail(Caller& caller) {
        caller.pass->settle(Error(errc::call_timeout, "x"));
        end(caller);
    }

    asio::io_context loop;
    std::optional<CallGate> gate;
    std::deque<Caller> callers;
    TaskGroup tasks{loop.get_executor()};
};

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
