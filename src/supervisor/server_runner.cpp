// Asking for a process, and what its state machine's decisions set in motion.
// Owned by the slot of its server.

#include "supervisor/server_runner.hpp"

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

ServerRules ServerRunner::rules_of(const ServerConfig& config) {
    ServerRules rules;
    rules.auto_start = config.auto_start;
    rules.restart_on_failure = config.restart_on_failure;
    rules.limits.max_restarts = static_cast<std::uint32_t>(config.max_restarts);
    return rules;
}

ServerRunner::ServerRunner(Executor executor, const ServerConfig& config, const SlotContext& context, RunnerHost& host,
                           std::string owner)
    : executor_(executor),
      config_(config),
      context_(context),
      host_(host),
      owner_(std::move(owner)),
      machine_(rules_of(config_)),
      changed_(executor, TimePoint::max()),
      retry_(executor),
      tasks_(executor) {}

ServerRunner::~ServerRunner() = default;

// For logs. Enough of a session's id to tell sessions apart, not enough to use it.
std::string ServerRunner::label() const {
    return owner_.empty() ? name() : name() + " (" + clip(owner_, 10) + ")";
}

bool ServerRunner::is_up() const noexcept {
    return (status().state != ServerState::stopped && status().state != ServerState::failed) || retiring_ > 0;
}

std::size_t ServerRunner::calls_in_flight() const noexcept {
    return instance_ == nullptr || instance_->has_exited ? 0 : instance_->calls_in_flight();
}

std::string ServerRunner::stderr_text() const {
    return instance_ == nullptr ? last_stderr_ : instance_->bridge.stderr_tail().text();
}

std::shared_ptr<Upstream> ServerRunner::try_upstream() const {
    if (status().state != ServerState::running || draining_)
        return nullptr;
    return {instance_, &instance_->upstream()};
}

void ServerRunner::set_owner(std::string owner, Introduction introduction) {
    owner_ = std::move(owner);
    introduction_ = std::move(introduction);
}

awaitable<result<std::shared_ptr<Upstream>>> ServerRunner::upstream() {
    for (;;) {
        while (draining_)
            co_await next_change();
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

std::optional<Error> ServerRunner::start() {
    return apply(StartRequested{StartCause::operator_});
}

std::optional<Error> ServerRunner::restart() {
    // Failing what is pending at the old process is part of a restart and must not look like a failed start.
    return apply(RestartRequested{});
}

void ServerRunner::stop() {
    apply(StopRequested{});
}

void ServerRunner::auto_start() {
    if (config_.disabled_reason.empty())
        apply(StartRequested{StartCause::configuration});
}

awaitable<void> ServerRunner::shut_down(std::string reason) {
    Shutdown event;
    event.reason = std::move(reason);
    apply(event);
    draining_ = false;
    changed_.cancel();
    co_await until_stopped();
    tasks_.cancel();
    co_await tasks_.join();
    instance_.reset();
    changed();
}

void ServerRunner::hurry() {
    hurry_ = true;
    if (instance_ != nullptr)
        instance_->child->kill_all();
}

void ServerRunner::changed() {
    changed_.cancel();
    host_.on_runner_changed(*this);
}

awaitable<void> ServerRunner::next_change() {
    boost::system::error_code ignored;
    co_await changed_.async_wait(asio::redirect_error(use_awaitable, ignored));
}

awaitable<result<void>> ServerRunner::until_running() {
    const auto failures = failures_;
    while (status().state != ServerState::running) {
        if (failures_ != failures)
            co_return last_failure_;
        if (status().state == ServerState::stopped || status().state == ServerState::failed)
            co_return Error(errc::start_failed, "server '" + name() + "': " + status().reason);
        co_await next_change();
    }
    co_return result<void>();
}

awaitable<void> ServerRunner::until_stopped() {
    // Somebody's start may follow before this coroutine looks again: a new process means that the old one has ended.
    const auto spawns = spawns_;
    while ((machine_.has_process() || retiring_ > 0) && spawns_ == spawns)
        co_await next_change();
}

std::optional<Error> ServerRunner::apply(const ServerEvent& event) {
    const ServerDecision decision = machine_.resume(event, present());
    for (const ServerAction& action : decision.actions)
        carry_out(action);
    return decision.refusal;
}

void ServerRunner::carry_out(const ServerAction& action) {
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

void ServerRunner::fail_pending(const Error& cause) {
    const Error error(cause.code, "server '" + name() + "': " + cause.message);
    // What fails because the process is being ended on purpose does not fail those who wait for the next one.
    if (!ending_) {
        ++failures_;
        last_failure_ = error;
    }
    if (instance_ != nullptr)
        instance_->fail(error);
}

void ServerRunner::announce() {
    const ServerStatus& now = status();
    std::string line = std::string(to_string(now.state)) + ": " + now.reason;
    // Given up, or to be tried again: both speak of the last failure.
    if (now.next_attempt_ms && now.last_error_code)
        line.append(" (").append(code_of(*now.last_error_code)).append(")");
    if (line != last_logged_) {  // a pid alone is no news
        const auto level = now.state == ServerState::failed ? spdlog::level::err : spdlog::level::info;
        log().log(level, "server {} is {}", label(), line);
        last_logged_ = std::move(line);
    }
    if (now.state == ServerState::running) {
        host_.on_runner_running(*this, std::exchange(ran_before_, true));
        begin_checks();
    }
    changed();
}

void ServerRunner::on_notification(mcp::Message message) {
    if (instance_ == nullptr || instance_->modern == nullptr)
        return host_.on_runner_notification(*this, std::move(message));
    if (auto heard = instance_->modern->take_notification(std::move(message)))
        host_.on_runner_notification(*this, std::move(*heard));
}

}  // namespace agenthub
