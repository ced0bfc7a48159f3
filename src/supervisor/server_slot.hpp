// One configured server: its processes, who uses which, and what all of them have in common.
// Owned by the supervisor, and by those who wait for it: it may be removed meanwhile. Loop thread only.
// Longer than the house rule: callers, operators, reloads and processes meet here, and each finds its contract.

#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/caller.hpp"
#include "supervisor/call_gate.hpp"
#include "supervisor/catalogue_keeper.hpp"
#include "supervisor/place_queue.hpp"
#include "supervisor/process_user.hpp"
#include "supervisor/server_runner.hpp"
#include "supervisor/server_stats.hpp"

namespace agenthub {

// A shared server has one runner, for as long as it is configured. An isolated one has a runner for each owner that
// uses it, spares that belong to nobody yet, and those that are being ended.
class ServerSlot final : private RunnerHost {
public:
    using Runner = std::shared_ptr<ServerRunner>;

    // `config` is enabled or not; a disabled server is never started.
    ServerSlot(Executor executor, ServerConfig config, const SlotContext& context);
    ~ServerSlot() override;  // shut_down() first

    const ServerConfig& config() const noexcept { return config_; }
    const std::string& name() const noexcept { return config_.name; }
    ServerStatus status() const;
    ServerStats& stats() noexcept override { return stats_; }
    const ServerStats& stats() const noexcept { return stats_; }
    CallGate& gate() noexcept { return gate_; }  // every call passes it on its way
    const CallGate& gate() const noexcept { return gate_; }
    std::vector<const ServerRunner*> runners() const;  // those that are being ended are the last
    std::optional<BridgeCounters> counters() const;    // of all present processes; nullopt without one

    // Whose process a caller uses: "" is the one that all share, else it is of its session or its name. `auto`: who can
    // answer a server's requests, and who comes after the server has first asked something, has a process of its own.
    // Valid as long as `caller`.
    std::string_view owner_of(const mcp::Caller& caller) const noexcept;
    // The live connection of the owner's running process; null otherwise.
    std::shared_ptr<Upstream> try_upstream(std::string_view owner) const;
    // The same, starting a process if need be: however many ask, one starts. Errors: as ServerRunner::upstream(),
    // errc::start_timeout, and errc::busy when max_instances are up and none has ended within queue_timeout.
    // `caller` outlives the call.
    awaitable<result<std::shared_ptr<Upstream>>> upstream(const mcp::Caller& caller, Deadline deadline);
    // Why upstream() would fail at once. Changes nothing.
    std::optional<Error> refusal_of(const mcp::Caller& caller) const;
    // What is known of the server; null when it never ran with this configuration.
    const Catalogue* catalogue() const noexcept { return catalogue_.known(); }
    // The same, when the owner's calls would not reach a running server now; null otherwise.
    const Catalogue* stand_in(std::string_view owner) const;
    // Runs it, if it may, until its catalogue is known; an isolated one as a spare. Errors as upstream().
    awaitable<result<void>> meet(Deadline deadline);
    // A process of the owner's own runs, or is being started or restarted, or has failed.
    bool has_runner_of(std::string_view owner) const { return find(owner) != nullptr; }
    void release(std::string_view owner);  // it has gone: its process ends, unless all share it

    // By an operator; each closes the circuit breaker and returns when it has happened. Errors: as upstream();
    // errc::invalid_request when it is already, or not, running.
    awaitable<result<void>> start();
    awaitable<result<void>> stop();
    awaitable<result<void>> restart();
    void auto_start();  // by the configuration, at boot; does not wait
    void hold();        // as if an operator had stopped it, of a slot that has just been made
    bool is_held() const noexcept;
    // Takes another configuration with the same isolation over. What a process does not know of holds at once; else it
    // is replaced: calls from now on wait for the next one, those in flight have up to `limit`. Does not wait.
    void reconfigure(ServerConfig next, Duration limit);
    // Calls from now on wait. Returns when those in flight are answered, at the deadline, or after stop_draining().
    awaitable<void> drain(Deadline deadline);
    void stop_draining();
    // Starts nothing before `predecessor`, a removed slot of the same name, has ended.
    void follow(std::shared_ptr<ServerSlot> predecessor) { predecessor_ = std::move(predecessor); }
    // For good: returns when nothing of the server is left. `reason` is for those who still ask for it.
    awaitable<void> shut_down(std::string reason);
    void hurry();  // cuts every wait of shut_down() short

private:
    void on_runner_notification(ServerRunner& runner, mcp::Message message) override;
    void on_runner_running(ServerRunner& runner, bool again) override;
    void on_runner_changed(ServerRunner& runner) override;
    void on_runner_replaced(ServerRunner& runner) override;
    std::optional<bool> was_modern() const override;
    void on_runner_asked(ServerRunner& runner) override;
    bool on_runner_question(ServerRunner& runner, std::shared_ptr<Question> question) override;
    bool is_relied_on(const ServerRunner& runner) const override;
    awaitable<bool> clear_to_launch(const ServerRunner& runner) override;

    bool is_shared() const noexcept { return config_.isolation == Isolation::shared; }
    bool serves_all(const ServerRunner& runner) const { return runner.owner().empty() && find("") == &runner; }
    awaitable<result<void>> bring_up(std::optional<Error> (ServerRunner::*how)());
    Runner shared_runner() const;
    bool has_place() const;
    std::optional<Error> refusal() const;
    ServerRunner* find(std::string_view owner) const;
    Runner make_runner(std::string owner);
    ProcessUser user_of(const mcp::Caller& caller) const;
    Runner runner_now(const ProcessUser& user, bool its_turn);
    Runner take_spare();
    awaitable<result<Runner>> runner_for(ProcessUser user, Deadline deadline);
    void replenish();
    void begin_end_of(Runner runner, const std::string& reason);
    void end_all(const std::string& reason);
    void end_isolated(const std::string& reason);
    void end_idle(std::size_t spares);
    void end_idle_spares(std::size_t keep);
    awaitable<void> end_runner(Runner runner, std::string reason);
    awaitable<void> predecessor_ended();
    void begin_learning(bool announce);
    awaitable<void> learn();
    awaitable<void> next_change();

    Executor executor_;
    ServerConfig config_;
    const SlotContext& context_;
    ServerStats stats_;
    CallGate gate_;
    CatalogueKeeper catalogue_;
    std::map<std::string, Runner, std::less<>> owned_;  // by owner. Other owners: coroutines that wait for one
    std::vector<Runner> spares_;
    std::vector<Runner> ending_;
    PlaceQueue waiting_;                                              // owners that wait for a place
    bool held_ = false;                                               // isolated: stopped by an operator
    bool draining_ = false, ended_ = false;                           // calls wait; shut_down() is done
    bool learning_ = false, learn_again_ = false, announce_ = false;  // see learn()
    std::vector<std::string_view> heard_changes_;                     // of lists, since the last learn()
    TimePoint asked_since_ = TimePoint::max();                        // the server asks its clients something
    std::string closing_;                                             // why nothing is started any more; empty: it is
    std::shared_ptr<ServerSlot> predecessor_;
    SteadyTimer changed_;  // never expires; cancelled at every change
    TaskGroup tasks_;
};

}  // namespace agenthub
