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
    all.reserve(owned_.size() + spares_.size() + ending_.size());
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
        case Isolation::automatic: break;
    }
    const bool alone = caller.can_answer || caller.since > asked_since_;
    return alone ? std::string_view(caller.session_id) : std::string_view();
}

// Who shares a process hears of AgentHub and of what some client can; who has one alone introduces itself.
ProcessUser ServerSlot::user_of(const mcp::Caller& caller) const {
    ProcessUser user{std::string(owner_of(caller)), shared_introduction()};
    const bool alone = !user.owner.empty() && config_.isolation != Isolation::caller;
    if (alone && mcp::traits(caller.revision).legacy)
        user.introduction.capabilities = caller.capabilities;
    if (alone && !caller.client_info.empty())
        user.introduction.client_info = caller.client_info;
    return user;
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
ServerSlot::Runner ServerSlot::runner_now(const ProcessUser& user, bool its_turn) {
    const auto& owner = user.owner;
    const auto present = owned_.find(owner);
    if (present != owned_.end() && (owner.empty() || present->second->is_up()))
        return present->second;
    if (!its_turn)
        return nullptr;
    const bool returns = present != owned_.end();
    Runner runner = returns && has_place() ? present->second : take_spare();
    if (runner == nullptr && has_place())
        runner = make_runner(owner);
    if (runner == nullptr)
        return nullptr;
    if (returns && runner != present->second)
        begin_end_of(std::exchange(present->second, runner), "a spare serves in its stead");
    runner->set_owner(owner, user.introduction);
    owned_.insert_or_assign(owner, runner);
    if (runner->status().state == ServerState::running)
        context_.events.on_server_running(*this, owner, returns);  // a spare meets the one it works for
    else
        runner->call_start();  // now, so that it has its place before anybody else looks
    replenish();
    waiting_.wake_all();  // the same owner's other calls need not wait any more
    return runner;
}

awaitable<result<ServerSlot::Runner>> ServerSlot::runner_for(ProcessUser user, Deadline deadline) {
    if (auto runner = runner_now(user, waiting_.empty()))
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
        if (auto runner = runner_now(user, ticket.is_first()))
            co_return runner;
        if (limit.expired())
            co_return Error(errc::busy, up + ", and none ended in time (queue_timeout); try again later", kComeBack);
    }
}

// The spare that is soonest of use, taken out; null when there is none that is up. One that only waits for its next
// attempt is of no use as long as there is a place for another.
ServerSlot::Runner ServerSlot::take_spare() {
    const auto use_of = [](const Runner& runner) {
        if (runner->status().state == ServerState::running)
            return 3;
        if (!runner->is_up())
            return 0;
        return runner->status().next_attempt_ms ? 1 : 2;
    };
    const auto best = std::max_element(spares_.begin(), spares_.end(),
                                       [&](const Runner& a, const Runner& b) { return use_of(a) < use_of(b); });
    if (best == spares_.end() || use_of(*best) < (has_place() ? 2 : 1))
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
    if (owner.empty() || found == owned_.end())
        return;
    Runner runner = std::move(found->second);
    owned_.erase(found);
    begin_end_of(std::move(runner), "its session has ended");
}

void ServerSlot::begin_end_of(Runner runner, const std::string& reason) {
    ending_.push_back(runner);
    tasks_.spawn(end_runner(std::move(runner), reason), "end of a process");
    changed_.cancel();
}

void ServerSlot::end_all(const std::string& reason) {
    end_isolated(reason);
    if (const Runner shared = shared_runner()) {
        owned_.clear();
        begin_end_of(shared, reason);
    }
}

// All but the one that everybody shares.
void ServerSlot::end_isolated(const std::string& reason) {
    auto all = std::exchange(spares_, {});
    for (auto it = owned_.begin(); it != owned_.end();) {
        if (!it->first.empty())
            all.push_back(it->second);
        it = it->first.empty() ? std::next(it) : owned_.erase(it);
    }
    for (Runner& runner : all)
        begin_end_of(std::move(runner), reason);
}

// Gives up what has no process, in isolation, and spares beyond `spares`.
void ServerSlot::end_idle(std::size_t spares) {
    if (is_shared())
        return;
    std::vector<Runner> idle;
    for (auto it = owned_.begin(); it != owned_.end();) {
        if (!it->first.empty() && !it->second->is_up())
            idle.push_back(std::move(it->second));
        it = it->second == nullptr ? owned_.erase(it) : std::next(it);
    }
    for (Runner& runner : idle)
        begin_end_of(std::move(runner), "it had no process");
    end_idle_spares(spares);
}

void ServerSlot::end_idle_spares(std::size_t keep) {
    const auto idle =
        std::partition(spares_.begin(), spares_.end(), [](const Runner& spare) { return spare->is_up(); });
    const auto up = static_cast<std::size_t>(idle - spares_.begin());
    const auto first = spares_.begin() + static_cast<std::ptrdiff_t>(std::min(keep, up));
    std::vector<Runner> given_up(std::make_move_iterator(first), std::make_move_iterator(spares_.end()));
    spares_.erase(first, spares_.end());
    for (Runner& spare : given_up)
        begin_end_of(std::move(spare), "it is not needed");
}

awaitable<void> ServerSlot::end_runner(Runner runner, std::string reason) {
    co_await runner->shut_down(std::move(reason));
    std::erase(ending_, runner);
    waiting_.wake_first();
    replenish();
    changed_.cancel();
}

}  // namespace agenthub
