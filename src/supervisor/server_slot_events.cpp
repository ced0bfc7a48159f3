// What processes tell their slot, and what the slot learns from them.
// Owned by the supervisor.

#include <algorithm>

#include "base/log.hpp"
#include "supervisor/server_slot.hpp"

namespace agenthub {
namespace {

// Between two rounds of learning: a server that announces changes without end is asked this often.
constexpr Duration kLearnPause{100};

// The notification that this method is, as a text that lives for ever; empty when it tells of no list.
std::string_view list_change(std::string_view method) {
    for (const ListKind& kind : kListKinds)
        if (kind.changed == method)
            return kind.changed;
    return {};
}

}  // namespace

void ServerSlot::on_runner_notification(ServerRunner& runner, mcp::Message message) {
    // What an isolated process offers may be its owner's alone.
    const auto change = serves_all(runner) ? list_change(message.method()) : std::string_view();
    if (!change.empty()) {
        heard_changes_.push_back(change);
        begin_learning(false);
    }
    if (find(runner.owner()) == &runner)
        context_.events.on_server_notification(*this, runner.owner(), std::move(message));
}

void ServerSlot::on_runner_running(ServerRunner& runner, bool again) {
    if (const auto upstream = runner.try_upstream())
        catalogue_.introduce(upstream->info());
    if (find(runner.owner()) == &runner)
        context_.events.on_server_running(*this, runner.owner(), again);
    if (serves_all(runner) || !catalogue_.is_fresh())
        begin_learning(!again);
    // What kept spares from starting is over, it seems.
    end_idle_spares(spares_.size());
    replenish();
}

void ServerSlot::on_runner_changed(ServerRunner&) {
    waiting_.wake_first();
    changed_.cancel();
    replenish();
}

// What went wrong with the old process is not the new one's failure.
void ServerSlot::on_runner_replaced(ServerRunner&) {
    gate_.close_breaker();
}

std::optional<bool> ServerSlot::was_modern() const {
    const Catalogue* known = catalogue_.known();
    return known == nullptr ? std::nullopt : std::optional<bool>(known->info.modern);
}

// Whom a shared process means is known only while one client's calls are in flight: say once what helps.
void ServerSlot::on_runner_asked(ServerRunner& runner) {
    if (!serves_all(runner) || std::exchange(stats_.asks_while_shared, true))
        return;
    asked_since_ = Clock::now();
    catalogue_.note_asks();
    if (is_shared())
        log().warn("server {} {}", name(), kIsolateAdvice);
    else
        log().info("server {} asks its clients something: each session from now on has a process of its own", name());
}

bool ServerSlot::on_runner_question(ServerRunner& runner, std::shared_ptr<Question> question) {
    return !runner.owner().empty() && context_.events.on_server_question(*this, runner.owner(), std::move(question));
}

bool ServerSlot::is_relied_on(const ServerRunner& runner) const {
    return find(runner.owner()) != &runner || context_.events.is_relied_on(*this, runner.owner());
}

awaitable<void> ServerSlot::predecessor_ended() {
    const auto predecessor = predecessor_;
    while (predecessor != nullptr && !predecessor->ended_)
        co_await predecessor->next_change();
    predecessor_.reset();
}

// The owner's last process must be gone too: both may hold the same files. One that is to end itself waits for nobody.
awaitable<bool> ServerSlot::clear_to_launch(const ServerRunner& runner) {
    const auto is_in_the_way = [&runner](const Runner& other) {
        return !runner.owner().empty() && other->owner() == runner.owner();
    };
    const auto must_wait = [&] {
        return find(runner.owner()) == &runner && std::any_of(ending_.begin(), ending_.end(), is_in_the_way);
    };
    const bool waits = predecessor_ != nullptr || must_wait();
    co_await predecessor_ended();
    while (must_wait())
        co_await next_change();
    co_return waits;
}

// `announce`: clients may have been told something else, and nobody tells them otherwise.
void ServerSlot::begin_learning(bool announce) {
    learn_again_ = true;
    announce_ = announce_ || announce;
    if (!std::exchange(learning_, true))
        tasks_.spawn(learn(), "catalogue");
}

awaitable<void> ServerSlot::learn() {
    SteadyTimer pause(executor_);
    while (std::exchange(learn_again_, false)) {
        std::shared_ptr<Upstream> upstream;
        for (const ServerRunner* runner : runners())
            upstream = upstream == nullptr ? runner->try_upstream() : upstream;
        if (upstream == nullptr)
            break;
        const bool announce = std::exchange(announce_, false);
        const auto before = catalogue_.known() == nullptr ? 0 : catalogue_.known()->revision;
        const bool met = catalogue_.is_fresh();
        auto heard = std::exchange(heard_changes_, {});
        const auto changed = co_await catalogue_.learn(std::move(upstream), config_.call_timeout);
        if (announce && !changed.empty())
            context_.events.on_lists_changed(*this, changed);
        heard.insert(heard.end(), changed.begin(), changed.end());
        if (!met && catalogue_.known() != nullptr && catalogue_.known()->revision != before && changed.empty())
            for (const ListKind& kind : kListKinds)
                heard.push_back(kind.changed);
        context_.events.on_catalogue_learned(*this, heard);
        changed_.cancel();
        pause.expires_after(kLearnPause);
        co_await pause.async_wait(use_awaitable);
    }
    learning_ = false;
}

}  // namespace agenthub
