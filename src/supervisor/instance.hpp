// One process of a server with its bridge.
// Shared by the slot, by the tasks that watch it and by the calls in flight: the last of them lets it go.

#pragma once

#include <boost/asio/redirect_error.hpp>

#include <memory>

#include "bridge/handshake.hpp"
#include "bridge/modern_upstream.hpp"
#include "bridge/stdio_bridge.hpp"
#include "supervisor/child_process.hpp"
#include "supervisor/launch_surroundings.hpp"

namespace agenthub {

struct Instance {
    Instance(Executor executor, const std::string& server, std::unique_ptr<ChildProcess> process, BridgeLimits limits,
             ServerEvents& events)
        : child(std::move(process)),
          bridge(executor, server, pipes_of(*child), limits, events),
          exited(executor, TimePoint::max()) {}

    // Any number of waiters, before and after the end.
    awaitable<void> wait_exited() {
        boost::system::error_code ignored;
        co_await exited.async_wait(asio::redirect_error(use_awaitable, ignored));
    }

    // What its clients' calls go to, once the handshake is done.
    Upstream& upstream() noexcept {
        if (modern != nullptr)
            return *modern;
        return bridge;
    }
    std::size_t calls_in_flight() const noexcept {
        return bridge.calls_in_flight() + (modern == nullptr ? 0 : modern->calls_asking());
    }
    void fail(const Error& error) {
        bridge.fail(error);
        if (modern != nullptr)
            modern->fail(error);
    }
    awaitable<void> stop_bridge() {
        if (modern != nullptr)
            co_await modern->stop();
        co_await bridge.stop();
    }

    std::unique_ptr<ChildProcess> child;
    StdioBridge bridge;
    std::unique_ptr<Handshake> handshake;
    std::unique_ptr<ModernUpstream> modern;  // null for a server of the legacy era
    LimitsInForce limits_in_force;
    bool has_exited = false;
    SteadyTimer exited;  // expires when the process has ended

private:
    static StdioPipes pipes_of(ChildProcess& process) {
        ChildPipes pipes = process.take_pipes();
        return {std::move(pipes.stdin_write), std::move(pipes.stdout_read), std::move(pipes.stderr_read)};
    }
};

}  // namespace agenthub
