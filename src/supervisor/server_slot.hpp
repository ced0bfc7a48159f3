// One configured server: carries out what its state machine decides, and hands out its live connection.
// Owned by the supervisor, and by those who wait for it: it may be removed meanwhile. Loop thread only.

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
    std::string stderr_text() const;  // the last lines of the present process, or of the last one
    // nullopt without a process. While one is being started it is not known yet.
    std::optional<ServerProcesses> processes() const noexcept;

    // The live connection of a running server; null otherwise. Holding it keeps the instance's memory, not its process.
    std::shared_ptr<Upstream> try_upstream() const;
    // The same, starting the server if nobody has: however many ask, one process starts. Errors: errc::server_disabled,
    // errc::server_stopped, errc::start_failed, errc::start_timeout, errc::timeout.
    awaitable<result<std::shared_ptr<Upstream>>> upstream(Deadline deadline);

    // By an operator; each closes the circuit breaker and returns when it has happened. A start tries at once, whatever
    // was put off. Errors as upstream(); errc::invalid_request when the server is running, or stopped, already.
    awaitable<result<void>> start();
    awaitable<result<void>> stop();
    awaitable<result<void>> restart();
    // By the configuration, at boot. Does not wait.
    void auto_start();
    // Takes the new configuration of this server over. What a running process does not know of holds at once. Otherwise
    // it is replaced: calls from now on wait for the next one, those in flight have up to `limit`. Does not wait.
    void reconfigure(ServerConfig next, Duration limit);
    // Calls from now on wait. Returns when those in flight are answered, at the deadline, or after stop_draining().
    awaitable<void> drain(Deadline deadline);
    void stop_draining();
    // Starts nothing before `predecessor`, a removed slot of the same name, has ended.
    void follow(std::shared_ptr<ServerSlot> predecessor) { predecessor_ = std::move(predecessor); }
    // For good: returns when nothing of the server is left. `reason` is for those who still ask for it.
    awaitable<void> shut_down(std::string reason);
    // Cuts every wait of shut_down() short.
    void hurry();

private:
    void on_notification(mcp::Message message) override;

    static ServerRules rules_of(const ServerConfig& config);
    std::optional<Error> apply(const ServerEvent& event);
    void carry_out(const ServerAction& action);
    void fail_pending(const Error& cause);
    void announce();
    LaunchSpec launch_spec() const;

    awaitable<result<std::shared_ptr<Upstream>>> usable_upstream();
    awaitable<bool> may_launch();
    awaitable<void> predecessor_ended();
    awaitable<void> launch();
    awaitable<void> shake_hands(std::shared_ptr<Instance> instance);
    awaitable<void> watch_process(std::shared_ptr<Instance> instance);
    awaitable<void> watch_stdout(std::shared_ptr<Instance> instance);
    awaitable<void> check_health(std::shared_ptr<Instance> instance, std::uint32_t round);
    void begin_health_checks();
    awaitable<void> replace_process(Duration limit);
    awaitable<void> until_drained(Deadline deadline);
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
    bool ending_ = false;    // a stop or kill of instance_ is under way
    bool draining_ = false;  // calls wait
    bool ended_ = false;     // shut_down() is done
    // Counts the configurations that need a process of their own; the last launch had that of launched_.
    std::uint32_t wanted_ = 0, launched_ = 0, health_round_ = 0, spawns_ = 0;
    std::shared_ptr<ServerSlot> predecessor_;
    std::uint64_t failures_ = 0;  // fail_pending so far: tells a waiter that its wait was in vain
    Error last_failure_;
    std::string last_logged_, last_stderr_;
    SteadyTimer changed_;  // never expires; cancelled at every change of the status
    SteadyTimer retry_;
    TaskGroup tasks_;
};

}  // namespace agenthub
