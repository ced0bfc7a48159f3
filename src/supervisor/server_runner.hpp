// Keeps one process of a server running: carries out what its state machine decides, and hands out its live connection.
// Owned by the slot of its server, and by those who wait for it. Loop thread only.

#pragma once

#include <memory>
#include <string>

#include "base/task_group.hpp"
#include "bridge/upstream.hpp"
#include "config/config.hpp"
#include "supervisor/instance.hpp"
#include "supervisor/runner_host.hpp"
#include "supervisor/server_state.hpp"
#include "supervisor/slot_context.hpp"

namespace agenthub {

class ServerRunner final : private ServerEvents {
public:
    // `owner`: see ServerSlot::owner_of(). `config` and `host` are the slot's, and outlive it.
    ServerRunner(Executor executor, const ServerConfig& config, const SlotContext& context, RunnerHost& host,
                 std::string owner);
    ~ServerRunner() override;  // shut_down() first

    const ServerStatus& status() const noexcept { return machine_.status(); }
    const std::string& owner() const noexcept { return owner_; }
    // A spare is given to somebody, whom its next process hears of.
    void set_owner(std::string owner, Introduction introduction);
    bool is_up() const noexcept;  // has a process, or will have one without being asked again
    bool is_held() const noexcept { return machine_.is_held(); }
    const Instance* instance() const noexcept { return instance_.get(); }  // null without a process
    std::size_t calls_in_flight() const noexcept;
    // The last lines of the present process, or of the last one.
    std::string stderr_text() const;

    // The live connection of a running server; null otherwise. Holding it keeps the instance's memory, not its process.
    std::shared_ptr<Upstream> try_upstream() const;
    // The same, starting the server if nobody has: however many ask, one process starts. Errors: errc::server_disabled,
    // errc::server_stopped, errc::start_failed, errc::start_timeout.
    awaitable<result<std::shared_ptr<Upstream>>> upstream();
    std::optional<Error> refusal() const { return machine_.refusal_of_call(Clock::now()); }  // of upstream()
    // What it begins with: starts a process for a call, if it may.
    void call_start() { apply(StartRequested{StartCause::call}); }

    // By an operator: they obey in any state, and do not wait. A start tries at once, whatever was put off.
    std::optional<Error> start();
    std::optional<Error> restart();
    void stop();
    // By the configuration. Does not wait.
    void auto_start();
    // Errors: errc::start_failed, or what ended the start.
    awaitable<result<void>> until_running();
    awaitable<void> until_stopped();

    // The slot's configuration has changed. Does not wait.
    void reconfigured(const RunnerChange& change);
    // For good: returns when nothing of the process is left. `reason` is for those who still ask for it.
    awaitable<void> shut_down(std::string reason);
    // Cuts every wait of shut_down() short.
    void hurry();

private:
    void on_notification(mcp::Message message) override;
    void on_asked() override { host_.on_runner_asked(*this); }
    bool on_question(std::shared_ptr<Question> q) override { return host_.on_runner_question(*this, std::move(q)); }

    static ServerRules rules_of(const ServerConfig& config);
    const std::string& name() const noexcept { return config_.name; }
    std::string label() const;
    std::optional<Error> apply(const ServerEvent& event);
    void carry_out(const ServerAction& action);
    void fail_pending(const Error& cause);
    void announce();
    void changed();

    LaunchSpec launch_spec() const;
    HandshakePlan handshake_plan() const;
    awaitable<bool> may_launch();
    awaitable<void> launch();
    awaitable<void> shake_hands(std::shared_ptr<Instance> instance);
    awaitable<void> watch_process(std::shared_ptr<Instance> instance);
    awaitable<void> watch_stdout(std::shared_ptr<Instance> instance);
    awaitable<void> check_health(std::shared_ptr<Instance> instance, std::uint32_t round);
    awaitable<void> watch_use(std::shared_ptr<Instance> instance, std::uint32_t round);
    void begin_checks();
    awaitable<void> replace_process(Duration limit);
    awaitable<void> until_drained(Deadline deadline);
    awaitable<void> stop_politely(std::shared_ptr<Instance> instance);
    awaitable<void> retire(std::shared_ptr<Instance> instance);
    awaitable<bool> exits_within(Instance& instance, Duration limit);
    awaitable<void> retry_after(Duration delay);
    awaitable<void> next_change();
    void begin_end(bool polite);

    Executor executor_;
    const ServerConfig& config_;
    const SlotContext& context_;
    RunnerHost& host_;
    std::string owner_;
    Introduction introduction_ = shared_introduction();
    ServerMachine machine_;
    std::shared_ptr<Instance> instance_;  // other owners: see Instance
    std::size_t retiring_ = 0;            // instances whose processes are still being ended
    bool ran_before_ = false;
    bool hurry_ = false;
    bool ending_ = false;     // a stop or kill of instance_ is under way
    bool draining_ = false;   // calls wait
    bool other_era_ = false;  // the last handshake failed: try the other era first
    // Configurations that needed a process of their own; the last launch had that of launched_.
    std::uint32_t wanted_ = 0, launched_ = 0, check_round_ = 0, spawns_ = 0;
    std::uint64_t failures_ = 0;  // fail_pending so far: tells a waiter that its wait was in vain
    Error last_failure_;
    std::string last_logged_, last_stderr_;
    SteadyTimer changed_;  // never expires; cancelled at every change of the status
    SteadyTimer retry_;
    TaskGroup tasks_;
};

}  // namespace agenthub
