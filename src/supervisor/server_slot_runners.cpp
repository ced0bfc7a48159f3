// Who gets which process: owners, spares, and the bound on their number.
// Owned by the supervisor.

#include <algorithm>

#include "base/log.hpp"
#include "supervisor/server_slot.hpp"

namespace agenthub {
namespace {

// A place becomes free when a session ends; nobody can tell when.
constexpr Duration kComeBack = std::chrono::seconds(1);

}  // namespace

std::vector<const ServerRunner*> ServerSlot::runners() const {
    std::vector<const ServerRunner*> all;
    for (const auto& [owner, runner] : owned_)
        all.push_back(runner.get());
    for (const auto* runners : {&spares_, &ending_})
        for (const Runner& runner : *runners)
            all.push_back(runner.get());
    return all;
}

std::optional<BridgeCounters> ServerSlot::counters() const {
    std::optional<BridgeCounters> sum;
    for (const ServerRunner* runner : runners())
        if (runner->instance() != nullptr) {
            sum = sum.value_or(BridgeCounters());
            sum->add(runner->instance()->bridge.counters());
        }
    return sum;
}

std::string_view ServerSlot::owner_of(const mcp::Caller& caller) const noexcept {
    switch (config_.isolation) {
        case Isolation::shared: return {};
        case Isolation::session: return caller.session_id;
        case Isolation::caller: return caller.name();
    }
    return {};
}

ServerRunner* ServerSlot::find(std::string_view owner) const {
    const auto found = owned_.find(owner);
    return found == owned_.end() ? nullptr : found->second.get();
}

bool ServerSlot::has_place() const {
    if (is_shared() || config_.max_instances == 0)
        return true;
    const auto all = runners();
    const auto up = std::count_if(all.begin(), all.end(), [](const ServerRunner* runner) { return runner->is_up(); });
    return static_cast<std::size_t>(up) < config_.max_instances;
}

ServerSlot::Runner ServerSlot::make_runner(std::string owner) {
    RunnerHost& host = *this;
    return std::make_shared<ServerRunner>(executor_, config_, context_, host, std::move(owner));
}

// The owner's runner, with a process or about to make one; null when there is no place for it, or when it is not its
// turn.
ServerSlot::Runner ServerSlot::runner_now(const std::string& owner, bool its_turn) {
    const auto present = owned_.find(owner);
    if (present != owned_.end() && (is_shared() || present->second->is_up()))
        return present->second;
    if (!its_turn)
        return nullptr;
    Runner runner;
    if (present != owned_.end() && has_place())
        runner = present->second;
    else if (present == owned_.end())
        runner = take_spare();
    if (runner == nullptr && present == owned_.end() && has_place())
        runner = make_runner(owner);
    if (runner == nullptr)
        return nullptr;
    if (present == owned_.end()) {
        runner->set_owner(owner);
        owned_.emplace(owner, runner);
    }
    if (runner->status().state == ServerState::running)
        context_.events.on_server_running(*this, owner, false);  // a spare meets the one it works for
    else
        runner->call_start();  // now, so that it has its place before anybody else looks
    replenish();
    return runner;
}

awaitable<result<ServerSlot::Runner>> ServerSlot::runner_for(const std::string& owner, Deadline deadline) {
    if (auto runner = runner_now(owner, waiting_.empty()))
        co_return runner;
    const std::string up = "server '" + name() + "' has " + std::to_string(config_.max_instances) +
                           " processes (max_instances), each for one " +
                           (config_.isolation == Isolation::session ? "session" : "caller");
    if (waiting_.size() >= config_.queue)
        co_return Error(errc::busy, up + ", and as many as may wait for one do (queue); try again later", kComeBack);
    const Deadline limit = Deadline::after(config_.queue_timeout).earlier(deadline);
    PlaceQueue::Ticket ticket(waiting_);
    for (;;) {
        co_await ticket.wait(limit);
        if (auto why = refusal())
            co_return *why;
        if (auto runner = runner_now(owner, ticket.is_first()))
            co_return runner;
        if (limit.expired())
            co_return Error(errc::busy, up + ", and none ended in time (queue_timeout); try again later", kComeBack);
    }
}

// The spare that is soonest of use, taken out; null when there is none that is up.
ServerSlot::Runner ServerSlot::take_spare() {
    const auto by_use = [](const Runner& a, const Runner& b) {
        const auto rank = [](const Runner& runner) {
            return runner->status().state == ServerState::running ? 2 : runner->is_up() ? 1 : 0;
        };
        return rank(a) < rank(b);
    };
    const auto best = std::max_element(spares_.begin(), spares_.end(), by_use);
    if (best == spares_.end() || !(*best)->is_up())
        return nullptr;
    Runner spare = std::move(*best);
    spares_.erase(best);
    return spare;
}

// Makes spares up to their number, as far as there are places nobody waits for.
void ServerSlot::replenish() {
    if (is_shared() || held_ || !closing_.empty() || !config_.disabled_reason.empty())
        return;
    while (spares_.size() < config_.warm && waiting_.empty() && has_place()) {
        const Runner spare = spares_.emplace_back(make_runner(""));
        spare->auto_start();
    }
}

void ServerSlot::release(std::string_view owner) {
    const auto found = owned_.find(owner);
    if (is_shared() || found == owned_.end())
        return;
    Runner runner = std::move(found->second);
    owned_.erase(found);
    begin_end_of(std::move(runner), "its session has ended", Duration(0));
}

void ServerSlot::begin_end_of(Runner runner, const std::string& reason, Duration drain_limit) {
    ending_.push_back(runner);
    auto drained = runner->drain(Deadline::after(drain_limit));
    tasks_.spawn(end_runner(std::move(runner), std::move(drained), reason), "end of a process");
}

// Calls in flight have up to `drain_limit`.
void ServerSlot::end_all(const std::string& reason, Duration drain_limit) {
    auto owned = std::exchange(owned_, {});
    for (auto& [owner, runner] : owned)
        begin_end_of(std::move(runner), reason, drain_limit);
    auto spares = std::exchange(spares_, {});
    for (Runner& runner : spares)
        begin_end_of(std::move(runner), reason, drain_limit);
}

awaitable<void> ServerSlot::end_runner(Runner runner, awaitable<void> drained, std::string reason) {
    co_await std::move(drained);
    co_await runner->shut_down(std::move(reason));
    std::erase(ending_, runner);
    changing_ = changing_ && !ending_.empty();
    waiting_.wake_first();
    replenish();
    changed_.cancel();
}

}  // namespace agenthub
