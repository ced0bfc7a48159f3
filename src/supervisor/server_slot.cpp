// Asking for a server, and what operators do with it.
// Owned by the supervisor.

#include "supervisor/server_slot.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>

#include "base/log.hpp"
#include "config/difference.hpp"
#include "supervisor/health_check.hpp"

namespace agenthub {
namespace {

constexpr const char* kByOperator = "stopped by an operator";
}  // namespace

ServerSlot::ServerSlot(Executor executor, ServerConfig config, const SlotContext& context)
    : executor_(executor),
      config_(std::move(config)),
      context_(context),
      gate_(executor, config_),
      catalogue_(context.catalogues, config_.name, process_fingerprint(config_)),
      waiting_(executor),
      changed_(executor, TimePoint::max()),
      tasks_(executor) {
    if (is_shared() || config_.isolation == Isolation::automatic)
        owned_.emplace("", make_runner(""));
    if (const Catalogue* known = catalogue_.known(); known != nullptr && known->asks)
        asked_since_ = TimePoint();
}

ServerSlot::~ServerSlot() = default;

ServerStatus ServerSlot::status() const {
    std::vector<const ServerStatus*> all;
    for (const ServerRunner* runner : runners())
        all.push_back(&runner->status());
    ServerStatus out = combined_status(all);
    if (all.empty() && !closing_.empty())
        out.reason = closing_;
    else if (all.empty() && held_)
        out.reason = kByOperator;
    return out;
}

// Null in isolation, and once it is being ended.
ServerSlot::Runner ServerSlot::shared_runner() const {
    const auto found = owned_.find(std::string_view());
    return found == owned_.end() ? nullptr : found->second;
}

std::shared_ptr<Upstream> ServerSlot::try_upstream(std::string_view owner) const {
    const ServerRunner* runner = draining_ ? nullptr : find(owner);
    return runner == nullptr ? nullptr : runner->try_upstream();
}

const Catalogue* ServerSlot::stand_in(std::string_view owner) const {
    const bool may_run = config_.disabled_reason.empty() && closing_.empty();
    const bool runs = try_upstream(owner) != nullptr && gate_.breaker_is_closed();
    return may_run && !runs ? catalogue_.known() : nullptr;
}

awaitable<result<std::shared_ptr<Upstream>>> ServerSlot::upstream(const mcp::Caller& caller, Deadline deadline) {
    while (draining_ && !deadline.expired()) {
        auto change = next_change();
        co_await ends_by(std::move(change), deadline);
    }
    if (auto why = refusal())
        co_return *why;
    if (draining_)
        co_return Error(errc::start_timeout, "server '" + name() + "' is being replaced and was not ready in time");
    held_ = false;  // with auto_start a call ends what an operator has begun
    auto user = user_of(caller);
    auto runner = co_await runner_for(std::move(user), deadline);
    if (!runner)
        co_return runner.error();
    auto usable = (*runner)->upstream();
    auto found = co_await with_deadline(std::move(usable), deadline);
    if (!found && found.error().code == errc::timeout)
        co_return Error(errc::start_timeout,
                        "server '" + name() + "' did not start in time: " + (*runner)->status().reason);
    co_return found;
}

awaitable<result<void>> ServerSlot::meet(Deadline deadline) {
    result<void> up;
    const mcp::Caller nobody;
    if (is_held())
        up = Error(errc::server_stopped, "server '" + name() + "' was stopped by an operator");
    else if (shared_runner() == nullptr)
        up = co_await bring_up(&ServerRunner::start);
    else if (auto found = co_await upstream(nobody, deadline); !found)
        up = found.error();
    while (up && !catalogue_.is_fresh() && !deadline.expired()) {
        auto change = next_change();
        co_await ends_by(std::move(change), deadline);
    }
    co_return up;
}

// Why nobody gets a process, whoever asks.
std::optional<Error> ServerSlot::refusal() const {
    if (!closing_.empty())
        return Error(errc::server_stopped, closing_ + "; it is not started any more.");
    if (!config_.disabled_reason.empty())
        return Error(errc::server_disabled, "server '" + name() + "' is disabled: " + config_.disabled_reason);
    if (held_ && !config_.auto_start)
        return Error(errc::server_stopped, "the server was stopped by an operator. Start it to use it again.");
    return std::nullopt;
}

std::optional<Error> ServerSlot::refusal_of(const mcp::Caller& caller) const {
    const ServerRunner* runner = find(owner_of(caller));
    if (runner != nullptr && runner->try_upstream() != nullptr)
        return std::nullopt;
    auto why = refusal();
    if (!why && runner != nullptr)
        why = runner->refusal();
    return why;
}

awaitable<result<void>> ServerSlot::start() {
    if (config_.disabled_reason.empty() && status().state == ServerState::running)
        co_return Error(errc::invalid_request, "Server " + name() + " is already running");
    co_return co_await bring_up(&ServerRunner::start);
}

awaitable<result<void>> ServerSlot::stop() {
    if (status().state == ServerState::stopped)
        co_return Error(errc::invalid_request, "Server " + name() + " is not running");
    gate_.close_breaker();  // what the stop fails is not the server's failure
    if (const Runner shared = shared_runner()) {
        shared->stop();
        co_await shared->until_stopped();
    }
    if (!is_shared()) {
        held_ = true;
        end_isolated(kByOperator);
        while (!ending_.empty())
            co_await next_change();
    }
    co_return result<void>();
}

awaitable<result<void>> ServerSlot::restart() {
    return bring_up(&ServerRunner::restart);
}

awaitable<result<void>> ServerSlot::bring_up(std::optional<Error> (ServerRunner::*how)()) {
    held_ = false;
    if (auto why = refusal())
        co_return *why;
    gate_.close_breaker();
    end_idle(spares_.size());
    std::vector<Runner> present = spares_;
    for (const auto& [owner, runner] : owned_)
        present.push_back(runner);
    // Nobody has a process: one spare shows whether the server starts, and serves who comes first.
    if (present.empty()) {
        while (!has_place() && closing_.empty())
            co_await next_change();
        if (auto why = refusal())  // closed, disabled or stopped meanwhile
            co_return *why;
        present.push_back(spares_.emplace_back(make_runner("")));
    }
    for (const Runner& runner : present)
        if (auto why = (*runner.*how)())
            co_return *why;
    result<void> done;
    for (const Runner& runner : present) {
        auto running = co_await runner->until_running();
        if (!running)
            done = running;
    }
    co_return done;
}

// An operator has stopped it, or it shall be as if.
void ServerSlot::hold() {
    if (const Runner shared = shared_runner())
        shared->stop();
    held_ = !is_shared();
}

bool ServerSlot::is_held() const noexcept {
    const Runner shared = shared_runner();
    return held_ || (shared != nullptr && shared->is_held());
}

void ServerSlot::auto_start() {
    const Runner shared = shared_runner();
    if (shared != nullptr && config_.auto_start)
        shared->auto_start();
    replenish();
}

void ServerSlot::hurry() {
    for (const auto& [owner, runner] : owned_)
        runner->hurry();
    for (const auto* runners : {&spares_, &ending_})
        for (const Runner& runner : *runners)
            runner->hurry();
}

awaitable<void> ServerSlot::next_change() {
    boost::system::error_code ignored;
    co_await changed_.async_wait(asio::redirect_error(use_awaitable, ignored));
}

}  // namespace agenthub
