#include "bridge/model_gate.hpp"

#include <gtest/gtest.h>
#include <boost/asio/post.hpp>

#include <deque>
#include <memory>

#include "base/task_group.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

// Requests at a gate, each in a task of its own.
struct GateRig {
    GateRig(asio::io_context& loop, const OllamaConfig& config)
        : executor(loop.get_executor()), gate(executor, config), tasks(executor) {}

    struct Request {
        std::unique_ptr<ModelPass> pass = std::make_unique<ModelPass>();
        std::optional<result<void>> outcome;
        bool is_in() const { return outcome && outcome->has_value(); }
    };

    awaitable<void> enter(Request& request, std::string client, Deadline deadline) {
        auto outcome = co_await gate.enter(*request.pass, std::move(client), deadline);
        request.outcome = std::move(outcome);
        order.push_back(&request);
    }
    Request& ask(std::string client, Deadline deadline = {}) {
        Request& out = requests.emplace_back();
        tasks.spawn(enter(out, std::move(client), deadline), "request");
        return out;
    }
    static void end(Request& request, CallOutcome outcome = CallOutcome::answered) {
        request.pass->settle(outcome);
        request.pass.reset();
    }
    awaitable<void> turns() {
        for (int i = 0; i < 5; ++i)
            co_await asio::post(executor, use_awaitable);
    }

    Executor executor;
    ModelGate gate;
    TaskGroup tasks;
    std::deque<Request> requests;
    std::vector<const Request*> order;
};

awaitable<void> run_and_stop(awaitable<void> (*body)(GateRig&), GateRig& rig) {
    co_await body(rig);
    rig.tasks.cancel();
    co_await rig.tasks.join();
}

void with_gate(const OllamaConfig& config, awaitable<void> (*body)(GateRig&)) {
    asio::io_context loop;
    GateRig rig(loop, config);
    run_to_end(loop, run_and_stop(body, rig));
}

OllamaConfig places(std::size_t concurrency, std::size_t queue) {
    OllamaConfig config;
    config.max_concurrency = concurrency;
    config.queue = queue;
    return config;
}

TEST(ModelGate, lets_as_many_through_as_there_are_places_and_as_many_wait_as_the_queue_holds) {
    with_gate(places(2, 2), [](GateRig& rig) -> awaitable<void> {
        for (int i = 0; i < 5; ++i)
            rig.ask("one");
        co_await rig.turns();
        EXPECT_TRUE(rig.requests[0].is_in() && rig.requests[1].is_in());
        EXPECT_FALSE(rig.requests[2].outcome || rig.requests[3].outcome);
        EXPECT_EQ(rig.gate.running(), 2u);
        EXPECT_EQ(rig.gate.waiting(), 2u);
        const Error refused = rig.requests[4].outcome->error();
        EXPECT_EQ(refused.code, errc::busy);
        EXPECT_EQ(refused.retry_after, 1s);
        EXPECT_NE(refused.message.find("ollama.queue"), std::string::npos);
        EXPECT_EQ(rig.gate.counters().overflows, 1u);
        GateRig::end(rig.requests[0]);
        co_await rig.turns();
        EXPECT_TRUE(rig.requests[2].is_in());
        EXPECT_EQ(rig.gate.counters().requests, 3u);
    });
}

TEST(ModelGate, clients_take_turns) {
    with_gate(places(1, 10), [](GateRig& rig) -> awaitable<void> {
        for (const char* client : {"greedy", "greedy", "greedy", "greedy", "modest"})
            rig.ask(client);
        co_await rig.turns();
        for (std::size_t i = 0; i < 3; ++i) {
            auto* running = const_cast<GateRig::Request*>(rig.order.back());
            GateRig::end(*running);
            co_await rig.turns();
        }
        EXPECT_TRUE(rig.requests[4].is_in()) << "it waited behind one of the greedy client's, not behind all";
        EXPECT_FALSE(rig.requests[3].is_in());
    });
}

TEST(ModelGate, a_wait_has_its_limit) {
    OllamaConfig config = places(1, 10);
    config.queue_timeout = 50ms;
    with_gate(config, [](GateRig& rig) -> awaitable<void> {
        rig.ask("one");
        auto& late = rig.ask("two");
        auto& sooner = rig.ask("three", Deadline::after(10ms));
        while (!late.outcome || !sooner.outcome)
            co_await rig.turns();
        EXPECT_EQ(late.outcome->error().code, errc::busy);
        EXPECT_EQ(sooner.outcome->error().code, errc::busy);
        EXPECT_EQ(rig.order[1], &sooner);
        EXPECT_EQ(rig.gate.counters().timeouts, 2u);
        EXPECT_EQ(rig.gate.waiting(), 0u);
    });
}

TEST(ModelGate, opens_after_failures_in_a_row_and_turns_who_waits_away) {
    OllamaConfig config = places(1, 10);
    config.breaker_threshold = 2;
    with_gate(config, [](GateRig& rig) -> awaitable<void> {
        for (int i = 0; i < 4; ++i)
            rig.ask("one");
        co_await rig.turns();
        GateRig::end(rig.requests[0], CallOutcome::failed);
        co_await rig.turns();
        EXPECT_EQ(rig.gate.breaker().state, BreakerState::closed);
        GateRig::end(rig.requests[1], CallOutcome::failed);
        co_await rig.turns();
        EXPECT_EQ(rig.gate.breaker().state, BreakerState::open);
        for (const std::size_t i : {2u, 3u}) {
            const Error refused = rig.requests[i].outcome->error();
            EXPECT_EQ(refused.code, errc::breaker_open);
            EXPECT_TRUE(refused.retry_after.has_value());
            EXPECT_TRUE(refused.message.starts_with("Ollama circuit breaker open")) << refused.message;
        }
        EXPECT_EQ(rig.gate.counters().failures, 2u);
        auto& refused = rig.ask("two");
        co_await rig.turns();
        EXPECT_EQ(refused.outcome->error().code, errc::breaker_open);
        rig.gate.close_breaker();
        auto& after_it = rig.ask("two");
        co_await rig.turns();
        EXPECT_TRUE(after_it.is_in());
    });
}

TEST(ModelGate, a_request_that_was_broken_off_says_nothing_of_the_backend_and_gives_its_place_back) {
    OllamaConfig config = places(1, 10);
    config.breaker_threshold = 1;
    with_gate(config, [](GateRig& rig) -> awaitable<void> {
        rig.ask("one");
        co_await rig.turns();
        GateRig::end(rig.requests[0], CallOutcome::unknown);
        rig.ask("one");
        co_await rig.turns();
        EXPECT_TRUE(rig.requests[1].is_in());
        EXPECT_EQ(rig.gate.breaker().state, BreakerState::closed);
    });
}

TEST(ModelGate, who_leaves_the_queue_has_not_waited_too_long) {
    with_gate(places(1, 10), [](GateRig& rig) -> awaitable<void> {
        rig.ask("one");
        rig.ask("two");
        co_await rig.turns();
        EXPECT_EQ(rig.gate.waiting(), 1u);
        rig.tasks.cancel();
        co_await rig.tasks.join();
        EXPECT_EQ(rig.gate.waiting(), 0u);
        EXPECT_EQ(rig.gate.counters().timeouts, 0u);
        if (rig.requests[1].outcome) {
            EXPECT_EQ(rig.requests[1].outcome->error().code, errc::cancelled);
        }
    });
}

TEST(ModelGate, the_beginning_of_an_answer_counts_for_the_probe_alone) {
    OllamaConfig config = places(0, 10);
    config.breaker_threshold = 1;
    config.breaker_recovery = 10ms;
    with_gate(config, [](GateRig& rig) -> awaitable<void> {
        rig.ask("one");
        co_await rig.turns();
        rig.requests[0].pass->begun();
        EXPECT_EQ(rig.gate.breaker().total_successes, 0u) << "it counts when it ends";
        GateRig::end(rig.requests[0], CallOutcome::failed);
        while (rig.gate.breaker().state != BreakerState::half_open)
            co_await rig.turns();
        rig.ask("one");
        co_await rig.turns();
        rig.requests[1].pass->begun();
        EXPECT_EQ(rig.gate.breaker().state, BreakerState::closed);
        EXPECT_EQ(rig.gate.breaker().total_successes, 1u);
        GateRig::end(rig.requests[1], CallOutcome::failed);
        EXPECT_EQ(rig.gate.breaker().state, BreakerState::open) << "its break counts as any other's";
    });
}

TEST(ModelGate, a_probe_that_never_began_does_not_jam_it) {
    OllamaConfig config = places(1, 10);
    config.breaker_threshold = 1;
    config.breaker_recovery = 10ms;
    with_gate(config, [](GateRig& rig) -> awaitable<void> {
        rig.ask("one");
        co_await rig.turns();
        GateRig::end(rig.requests[0], CallOutcome::failed);
        while (rig.gate.breaker().state != BreakerState::half_open)
            co_await rig.turns();
        rig.ask("one");
        co_await rig.turns();
        EXPECT_TRUE(rig.requests[1].is_in());
        GateRig::end(rig.requests[1], CallOutcome::unknown);
        rig.ask("one");
        co_await rig.turns();
        EXPECT_TRUE(rig.requests[2].is_in());
        GateRig::end(rig.requests[2]);
        EXPECT_EQ(rig.gate.breaker().state, BreakerState::closed);
    });
}

}  // namespace
}  // namespace agenthub
