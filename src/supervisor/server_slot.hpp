// One configured server: carries out what its state machine decides, and hands out its live connection.
// Owned by the supervisor; loop thread only.

#pragma once

#include <memory>
#include <string>

#include "base/task_group.hpp"
#include "bridge/upstream.hpp"
#include "config/config.hpp"
#include "supervisor/call_gate.hpp"
#include "supervisor/instance.hpp"
#include "supervisor/server_state.hpp"
#include "supervisor/server_stats.hpp"
#include "supervisor/slot_context.hpp"

namespace agenthub {

class ServerSlot final : private ServerEvents {
public:
    // `config` is enabled or not; a disabled server is never started.
    ServerSlot(Executor executor, ServerConfig config, const SlotContext& context);
    ~ServerSlot() override;  // shut_down() first

    const ServerConfig& config() const noexcept { return config_; }
    const std::string& name() const noexcept { return config_.name; }
    const ServerStatus& status() const noexcept { return machine_.status(); }
    ServerStats& stats() noexcept { return stats_; }
    const ServerStats& stats() const noexcept { return stats_; }
    // What every call passes on its way to the server.
    CallGate& gate() noexcept { return gate_; }
    const CallGate& gate() const noexcept { return gate_; }
    // Counters of the present process; null without one.
    const BridgeCounters* counters() const noexcept;
    std::string stderr_text() const;
    // nullopt without a process. While one is being started it is not known yet.
    std::optional<ServerProcesses> processes() const noexcept;

    // The live connection of a running server; null otherwise. Holding it keeps the instance's memory, not its process.
    std::shared_ptr<Upstream> try_upstream() const;
    // The same, starting the server if nobody has: however many ask, one process starts. Errors: errc::server_disabled,
    // errc::server_stopped, errc::start_failed, errc::start_timeout, errc::timeout.
    awaitable<result<std::shared_ptr<Upstream>>> upstream(Deadline deadline);

    // By an operator; each closes the circuit breaker and returns when it has happened. Errors as upstream();
    // errc::invalid_request when the server is already, or not, running.
    awaitable<result<void>> start();
    awaitable<result<void>> stop();
    awaitable<result<void>> restart();
    // By the configuration, at boot. Does not wait.
    void auto_start();
    // For good: returns when nothing of the server is left.
    awaitable<void> shut_down();
    // Cuts every wait of shut_down() short.
    void hurry();

private:
    void on_notification(mcp::Message message) override;

    std::optional<Error> apply(const ServerEvent& event);
    void carry_out(const ServerAction& action);
    void fail_pending(const Error& cause);
    void announce();
    LaunchSpec launch_spec() const;

    awaitable<void> launch();
    awaitable<void> shake_hands(std::shared_ptr<Instance> instance);
    awaitable<void> watch_process(std::shared_ptr<Instance> instance);
    awaitable<void> watch_stdout(std::shared_ptr<Instance> instance);
    awaitable<void> check_health(std::shared_ptr<Instance> instance);
    awaitable<void> stop_politely(std::shared_ptr<Instance> instance);
    awaitable<void> retire(std::shared_ptr<Instance> instance);
    awaitable<bool> exits_within(Instance& instance, Duration limit);
    awaitable<void> retry_after(Duration delay);
    awaitable<void> changed();
    awaitable<result<void>> until_running();
    awaitable<result<void>> until_stopped();
    void begin_end(bool polite);

    Executor executor_;
    ServerConfig config_;
    const SlotContext& context_;
    ServerMachine machine_;
    ServerStats stats_;
    CallGate gate_;
    std::shared_ptr<Instance> instance_;  // other owners: see Instance
    std::size_t retiring_ = 0;            // instances whose processes are still being ended
    bool ran_before_ = false;
    bool hurry_ = false;
    bool ending_ = false;         // a stop or kill of instance_ is under way
    std::uint64_t failures_ = 0;  // fail_pending so far: tells a waiter that its wait was in vain
    Error last_failure_;
    std::string last_logged_;
    SteadyTimer changed_;  // never expires; cancelled at every change of the status
    SteadyTimer retry_;
    TaskGroup tasks_;
};

}  // namespace agenthub
