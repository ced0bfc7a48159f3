// The coroutines around one process: launch, handshake, watching, health, stopping.
// Owned by the slot of its server.

#include <unistd.h>
#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <csignal>
#include <string_view>

#include "base/log.hpp"
#include "supervisor/health_check.hpp"
#include "supervisor/server_runner.hpp"

extern char** environ;

namespace agenthub {
namespace {

// How often is looked whether a server is still used: so many times in its idle_stop, within these bounds.
constexpr int kLooksPerIdle = 10;
constexpr Duration kShortestLook{10};
constexpr Duration kLongestLook{10'000};
// After its stdout has ended a server gets this long to exit by itself.
constexpr Duration kExitGrace{1'000};
// How long a dead server's last words may take to come through.
constexpr Duration kLastWords{20};

// What systemd tells the daemon is not meant for its servers.
bool is_for_the_daemon_alone(std::string_view name) {
    return name == "NOTIFY_SOCKET" || name == "WATCHDOG_USEC" || name == "WATCHDOG_PID" || name == "LISTEN_FDS" ||
           name == "LISTEN_PID" || name == "LISTEN_PIDFDID" || name == "LISTEN_FDNAMES" || name == "FDSTORE" ||
           name == "JOURNAL_STREAM";
}

}  // namespace

LaunchSpec ServerRunner::launch_spec() const {
    LaunchSpec spec;
    spec.command = config_.command;
    spec.args = config_.args;
    spec.cwd = config_.cwd;
    if (config_.written) {
        spec.written_command = config_.written->command;
        spec.written_cwd = config_.written->cwd;
    }
    spec.guard_path = context_.guard_path;
    const auto configured = [this](std::string_view name) {
        for (const auto& variable : config_.env)
            if (variable.name == name)
                return true;
        return false;
    };
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        const std::string_view name = text.substr(0, equals);
        if (equals == std::string_view::npos || name.empty() || is_for_the_daemon_alone(name) || configured(name))
            continue;
        spec.env.emplace_back(name, text.substr(equals + 1));
    }
    for (const auto& variable : config_.env)
        spec.env.emplace_back(variable.name, variable.value);
    return spec;
}

awaitable<void> ServerRunner::launch() {
    const bool free = co_await may_launch();
    if (!free) {
        apply(LaunchFailed{Error(errc::server_stopped, "server '" + name() + "' was stopped before it was started")});
        co_return;
    }
    launched_ = wanted_;
    last_stderr_.clear();
    const Deadline deadline = Deadline::after(config_.start_timeout);
    auto spec = launch_spec();
    auto limits = context_.surroundings.prepare(spec, config_);
    auto launched = co_await ChildProcess::launch(context_.reaper, std::move(spec), deadline);
    if (!launched) {
        apply(LaunchFailed{launched.error()});
        co_return;
    }
    ServerEvents& events = *this;
    instance_ = std::make_shared<Instance>(executor_, name(), std::move(*launched), context_.bridge_limits, events);
    instance_->limits_in_force = std::move(limits);
    ending_ = false;
    instance_->bridge.start();
    tasks_.spawn(watch_process(instance_), "process watch");
    tasks_.spawn(watch_stdout(instance_), "stdout watch");
    apply(Launched{instance_->child->pid()});
}

awaitable<void> ServerRunner::watch_process(std::shared_ptr<Instance> instance) {
    const ExitStatus status = co_await instance->child->wait_exit();
    instance->has_exited = true;
    co_await instance->bridge.stderr_drained(kLastWords);
    const bool alone = instance == instance_ && !ending_;
    const bool probed = alone && instance->handshake != nullptr && instance->handshake->is_probing();
    if (probed && config_.era == EraChoice::automatic && !other_era_) {
        other_era_ = true;
        instance->exited.expires_at(TimePoint());
        apply(ProbeNotSurvived{});
        co_return;
    }
    if (instance == instance_)
        apply(ProcessExited{status, instance->bridge.stderr_tail().last_line()});
    instance->exited.expires_at(TimePoint());
    if (alone)
        co_await retire(std::move(instance));
}

awaitable<void> ServerRunner::watch_stdout(std::shared_ptr<Instance> instance) {
    co_await instance->bridge.ended();
    const bool exited = co_await exits_within(*instance, kExitGrace);
    if (!exited && instance == instance_)
        apply(
            HealthFailed{Error(errc::server_unhealthy, "server '" + name() + "' closed its output but did not exit")});
}

void ServerRunner::begin_checks() {
    ++check_round_;
    if (config_.health_check_interval.count() > 0)
        tasks_.spawn(check_health(instance_, check_round_), "health check");
    if (config_.idle_stop.count() > 0)
        tasks_.spawn(watch_use(instance_, check_round_), "idle watch");
}

awaitable<void> ServerRunner::check_health(std::shared_ptr<Instance> instance, std::uint32_t round) {
    const auto over = [&] {
        return instance != instance_ || round != check_round_ || status().state != ServerState::running;
    };
    HealthCheck check(config_);
    while (!check.is_lost()) {
        // Waited for after the probe, so a slow server is never probed twice at once; an exit ends the wait.
        const bool exited = co_await exits_within(*instance, check.interval());
        if (exited || over())
            co_return;
        const Deadline deadline = Deadline::after(check.timeout());
        auto answered = co_await instance->upstream().request(check.method(), check.params(), deadline);
        if (over())
            co_return;
        if (!check.take(answered))
            log().warn("server {} {}", label(), check.complaint());
    }
    apply(HealthFailed{Error(errc::server_unhealthy, "server '" + name() + "' " + check.complaint())});
}

// A call notes nothing but what is counted anyway; looking now and then is enough to stop in time.
awaitable<void> ServerRunner::watch_use(std::shared_ptr<Instance> instance, std::uint32_t round) {
    const StdioBridge& bridge = instance->bridge;
    std::uint64_t calls = bridge.counters().calls;
    TimePoint used = Clock::now();
    for (;;) {
        const Duration step = std::clamp(config_.idle_stop / kLooksPerIdle, kShortestLook, kLongestLook);
        const bool exited = co_await exits_within(*instance, step);
        if (exited || instance != instance_ || round != check_round_ || status().state != ServerState::running)
            co_return;
        const TimePoint now = Clock::now();
        const bool in_use = instance->calls_in_flight() > 0 || host_.is_relied_on(*this);
        if (std::exchange(calls, bridge.counters().calls) != bridge.counters().calls || in_use)
            used = now;
        else if (now - used >= config_.idle_stop)
            apply(Unused{config_.idle_stop});
    }
}

void ServerRunner::begin_end(bool polite) {
    if (instance_ == nullptr)
        return;
    if (!polite || hurry_)
        instance_->child->kill_all();
    if (std::exchange(ending_, true))
        return;
    tasks_.spawn(polite ? stop_politely(instance_) : retire(instance_), "stop");
}

// Close stdin → SIGTERM → SIGKILL, each after stop_timeout (MCP lifecycle, "Shutdown" over stdio).
awaitable<void> ServerRunner::stop_politely(std::shared_ptr<Instance> instance) {
    instance->bridge.close_stdin();
    bool exited = co_await exits_within(*instance, config_.stop_timeout);
    if (!exited) {
        instance->child->signal(SIGTERM);
        exited = co_await exits_within(*instance, config_.stop_timeout);
    }
    co_await retire(std::move(instance));
}

// Ends what is left of an instance, down to the last descendant, and lets it go.
awaitable<void> ServerRunner::retire(std::shared_ptr<Instance> instance) {
    ++retiring_;
    instance->child->kill_all();
    co_await instance->child->wait_gone();
    instance->fail(Error(errc::server_exited, "server '" + name() + "' was stopped"));
    co_await instance->stop_bridge();
    --retiring_;
    const bool asked_to_end = ending_ && instance == instance_;
    if (instance == instance_) {
        last_stderr_ = instance_->bridge.stderr_tail().text();
        host_.stats().bridge.add(instance_->bridge.counters());
        instance_.reset();
    }
    if (asked_to_end)
        apply(StopDone{});
    changed();
}

awaitable<bool> ServerRunner::exits_within(Instance& instance, Duration limit) {
    auto exit = instance.wait_exited();
    co_return co_await ends_by(std::move(exit), Deadline::after(limit));
}

awaitable<void> ServerRunner::retry_after(Duration delay) {
    boost::system::error_code ec;
    retry_.expires_after(delay);  // a retry that was armed before ends without its event
    co_await retry_.async_wait(asio::redirect_error(use_awaitable, ec));
    if (ec)
        co_return;
    const auto restarts = status().restart_count;
    apply(RetryTimer{});
    host_.stats().restarts += status().restart_count - restarts;
}

}  // namespace agenthub
