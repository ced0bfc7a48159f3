// A gate with callers that enter it, each in a task of its own.
// Owned by the tests of CallGate.

#pragma once

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include <deque>
#include <memory>

#include "supervisor/call_gate.hpp"
#include "tests/bridge/test_exchange.hpp"

namespace agenthub {

using namespace std::chrono_literals;

inline ServerConfig config_with(std::size_t places, std::size_t queue, Duration queue_timeout = 60s) {
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

}  // namespace agenthub
