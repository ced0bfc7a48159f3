// Asking for a server, and what its state machine's decisions set in motion.
// Owned by the supervisor.

#include "supervisor/server_slot.hpp"

#include <boost/asio/redirect_error.hpp>

#include <random>

#include "base/log.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

double random_share() {
    static std::minstd_rand engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(engine);
}

Moment present() {
    return {Clock::now(), unix_ms_now(), random_share()};
}

}  // namespace

ServerRules ServerSlot::rules_of(const ServerConfig& config) {
    ServerRules rules;
    rules.auto_start = config.auto_start;
    rules.restart_on_failure = config.restart_on_failure;
    rules.limits.max_restarts = static_cast<std::uint32_t>(config.max_restarts);
    return rules;
}

ServerSlot::ServerSlot(Executor executor, ServerConfig config, const SlotContext& context)
    : executor_(executor),
      config_(std::move(config)),
      context_(context),
      machine_(rules_of(config_)),
      gate_(executor, config_),
      changed_(executor, TimePoint::max()),
      retry_(executor),
      tasks_(executor) {}

ServerSlot::~ServerSlot() = default;

const BridgeCounters* ServerSlot::counters() const noexcept {
    return instance_ == nullptr ? nullptr : &instance_->bridge.counters();
}

std::string ServerSlot::stderr_text() const {
    return instance_ == nullptr ? last_stderr_ : instance_->bridge.stderr_tail().text();
}

std::optional<ServerProcesses> ServerSlot::processes() const noexcept {
    if (instance_ == nullptr)
        return std::nullopt;
    const ChildProcess& child = *instance_->child;
    return ServerProcesses{child.guard_pid(), instance_->has_exited ? 0 : child.pid()};
}

std::shared_ptr<Upstream> ServerSlot::try_upstream() const {
    if (status().state != ServerState::running || draining_)
        return nullptr;
    return {instance_, &instance_->bridge};
}

awaitable<result<std::shared_ptr<Upstream>>> ServerSlot::upstream(Deadline deadline) {
    auto usable = usable_upstream();
    auto found = co_await with_deadline(std::move(usable), deadline);
    if (!found && found.error().code == errc::timeout)
        co_return Error(errc::start_timeout, "server '" + name() + "' did not start in time: " + status().reason);
    co_return found;
}

awaitable<result<std::shared_ptr<Upstream>>> ServerSlot::usable_upstream() {
    for (;;) {
        while (draining_)
            co_await changed();
        if (!config_.disabled_reason.empty())
            co_return Error(errc::server_disabled, "server '" + name() + "' is disabled: " + config_.disabled_reason);
        if (auto refusal = apply(StartRequested{StartCause::call}))
            co_return *refusal;
        auto running = co_await until_running();
        if (!running)
            co_return running.error();
        if (auto upstream = try_upstream())
            co_return upstream;
    }
}

awaitable<result<void>> ServerSlot::start() {
    if (!config_.disabled_reason.empty())
        co_return Error(errc::server_disabled, "server '" + name() + "' is disabled: " + config_.disabled_reason);
    if (status().state == ServerState::running)
        co_return Error(errc::invalid_request, "Server " + name() + " is already running");
    gate_.close_breaker();
    if (auto refusal = apply(StartRequested{StartCause::operator_}))
        co_return *refusal;
    co_return co_await until_running();
}

awaitable<result<void>> ServerSlot::stop() {
    if (status().state == ServerState::stopped)
        co_return Error(errc::invalid_request, "Server " + name() + " is not running");
    gate_.close_breaker();  // what the stop fails is not the server's failure
    apply(StopRequested{});
    co_return co_await until_stopped();
}

awaitable<result<void>> ServerSlot::restart() {
    if (!config_.disabled_reason.empty())
        co_return Error(errc::server_disabled, "server '" + name() + "' is disabled: " + config_.disabled_reason);
    gate_.close_breaker();
    // Failing what is pending at the old process is part of a restart and must not look like a failed start.
    if (auto refusal = apply(RestartRequested{}))
        co_return *refusal;
    co_return co_await until_running();
}

void ServerSlot::auto_start() {
    if (config_.disabled_reason.empty())
        apply(StartRequested{StartCause::configuration});
}

awaitable<void> ServerSlot::shut_down(std::string reason) {
    Shutdown event;
    event.reason = std::move(reason);
    apply(event);
    stop_draining();
    co_await until_stopped();
    tasks_.cancel();
    co_await tasks_.join();
    instance_.reset();
    co_await predecessor_ended();
    ended_ = true;
    changed_.cancel();
}

void ServerSlot::hurry() {
    hurry_ = true;
    if (instance_ != nullptr)
        instance_->child->kill_all();
}

awaitable<void> ServerSlot::changed() {
    boost::system::error_code ignored;
    co_await changed_.async_wait(asio::redirect_error(use_awaitable, ignored));
}

awaitable<result<void>> ServerSlot::until_running() {
    const auto failures = failures_;
    while (status().state != ServerState::running) {
        if (failures_ != failures)
            co_return last_failure_;
        if (status().state == ServerState::stopped || status().state == ServerState::failed)
            co_return Error(errc::start_failed, "server '" + name() + "': " + status().reason);
        co_await changed();
    }
    co_return result<void>();
}

awaitable<result<void>> ServerSlot::until_stopped() {
    // Somebody's start may follow before this coroutine looks again: a new process means that the old one has ended.
    const auto spawns = spawns_;
    while ((machine_.has_process() || retiring_ > 0) && spawns_ == spawns)
        co_await changed();
    co_return result<void>();
}

std::optional<Error> ServerSlot::apply(const ServerEvent& event) {
    const ServerDecision decision = machine_.resume(event, present());
    for (const ServerAction& action : decision.actions)
        carry_out(action);
    return decision.refusal;
}

void ServerSlot::carry_out(const ServerAction& action) {
    using Kind = ServerAction::Kind;
    switch (action.kind) {
        case Kind::spawn:
            ++spawns_;
            tasks_.spawn(launch(), "launch");
            return;
        case Kind::begin_handshake: tasks_.spawn(shake_hands(instance_), "handshake"); return;
        case Kind::begin_stop: begin_end(true); return;
        case Kind::kill: begin_end(false); return;
        case Kind::fail_pending: fail_pending(action.error); return;
        case Kind::arm_retry: tasks_.spawn(retry_after(action.delay), "retry"); return;
        case Kind::announce: announce(); return;
    }
}

void ServerSlot::fail_pending(const Error& cause) {
    const Error error(cause.code, "server '" + name() + "': " + cause.message);
    // What fails because the process is being ended on purpose does not fail those who wait for the next one.
    if (!ending_) {
        ++failures_;
        last_failure_ = error;
    }
    if (instance_ != nullptr)
        instance_->bridge.fail(error);
}

void ServerSlot::announce() {
    changed_.cancel();
    const ServerStatus& now = status();
    std::string line = std::string(to_string(now.state)) + ": " + now.reason;
    // Given up, or to be tried again: both speak of the last failure.
    if (now.next_attempt_ms && now.last_error_code)
        line.append(" (").append(code_of(*now.last_error_code)).append(")");
    if (line != last_logged_) {  // a pid alone is no news
        const auto level = now.state == ServerState::failed ? spdlog::level::err : spdlog::level::info;
        log().log(level, "server {} is {}", name(), line);
        last_logged_ = std::move(line);
    }
    if (now.state != ServerState::running)
        return;
    context_.events.on_server_running(*this, std::exchange(ran_before_, true));
    begin_health_checks();
}

void ServerSlot::on_notification(mcp::Message message) {
    context_.events.on_server_notification(*this, std::move(message));
}

}  // namespace agenthub
