// The calls that a server has not answered yet.
// Owned by one bridge.

#include "bridge/pending_table.hpp"

#include <algorithm>

#include "bridge/exchange.hpp"

namespace agenthub {
namespace {

// Ids of abandoned calls are only kept to tell late answers from wrong ones; a server that never answers them must
// not make the set grow.
constexpr std::size_t kAbandonedLimit = 4096;

}  // namespace

result<std::uint64_t> PendingTable::add(PendingCall& call) {
    // AgentHub's own are few, and what a client may do does not depend on them.
    if (call.exchange != nullptr && exchanges_ >= limit_)
        return Error(errc::busy, "the server already has " + std::to_string(exchanges_) +
                                     " unanswered calls, the limit (limits.pending_per_server); try again later");
    call.id = ++last_id_;
    calls_.emplace(call.id, &call);
    if (call.exchange != nullptr)
        ++exchanges_;
    else if (call.is_endless())
        ++endless_;
    return call.id;
}

PendingCall* PendingTable::take(std::uint64_t id) {
    const auto it = calls_.find(id);
    if (it == calls_.end())
        return nullptr;
    PendingCall* call = it->second;
    calls_.erase(it);
    forget(*call);
    return call;
}

PendingCall* PendingTable::find(std::uint64_t id) const {
    const auto it = calls_.find(id);
    return it == calls_.end() ? nullptr : it->second;
}

PendingCall* PendingTable::find(const Exchange& exchange) const {
    for (const auto& [id, call] : calls_)
        if (call->exchange == &exchange)
            return call;
    return nullptr;
}

void PendingTable::abandon(std::uint64_t id, TimePoint now) {
    const PendingCall* call = take(id);
    if (call == nullptr)
        return;
    if (call->exchange != nullptr) {
        while (!lingering_.empty() &&
               (lingering_.front().since + kHeedless <= now || lingering_.size() >= kAbandonedLimit))
            lingering_.pop_front();
        lingering_.push_back({id, last_id_, call->exchange->caller().session_id, now});
    }
    if (abandoned_.size() >= kAbandonedLimit)
        abandoned_.clear();
    abandoned_.insert(id);
}

bool PendingTable::was_abandoned(std::uint64_t id, TimePoint now) {
    const auto it =
        std::find_if(lingering_.begin(), lingering_.end(), [id](const Lingering& one) { return one.id == id; });
    if (it != lingering_.end()) {
        heedless_ = heedless_ || it->since + kLinger <= now;
        lingering_.erase(it);
    }
    return abandoned_.erase(id) > 0;
}

std::vector<PendingCall*> PendingTable::expired(TimePoint now) const {
    std::vector<PendingCall*> late;
    for (const auto& [id, call] : calls_)
        if (call->deadline <= now)
            late.push_back(call);
    return late;
}

std::vector<PendingCall*> PendingTable::take_newer_than(std::uint64_t id) {
    std::vector<PendingCall*> newer;
    for (const auto& entry : calls_)
        if (entry.first > id)
            newer.push_back(entry.second);
    for (const PendingCall* call : newer)
        take(call->id);
    return newer;
}

std::vector<PendingCall*> PendingTable::of_clients() const {
    std::vector<PendingCall*> found;
    for (const auto& [id, call] : calls_)
        if (call->exchange != nullptr)
            found.push_back(call);
    std::sort(found.begin(), found.end(), [](const PendingCall* a, const PendingCall* b) { return a->id < b->id; });
    return found;
}

Exchange* PendingTable::only_exchange(TimePoint now) const {
    const PendingCall* found = nullptr;
    for (const auto& [id, call] : calls_) {
        if (call->exchange == nullptr)
            continue;
        // Without a session nobody can say whether two calls are the same client's.
        const std::string& session = call->exchange->caller().session_id;
        if (found != nullptr && (session.empty() || found->exchange->caller().session_id != session))
            return nullptr;
        if (found == nullptr || id > found->id)
            found = call;
    }
    if (found == nullptr)
        return nullptr;
    // Newest first: what is before one that is too old is older still, and every log message comes by here.
    const Duration window = heedless_ ? kHeedless : kLinger;
    for (auto one = lingering_.rbegin(); one != lingering_.rend() && one->since + window > now; ++one)
        if (may_linger(*one, now) && one->is_of_another(*found->exchange))
            return nullptr;
    return found->exchange;
}

bool PendingTable::may_be_of_abandoned(TimePoint now) const {
    const std::string* session = nullptr;
    for (const Lingering& one : lingering_) {
        if (!may_linger(one, now))
            continue;
        if (one.session.empty() || (session != nullptr && one.session != *session))
            return true;
        session = &one.session;
    }
    return false;
}

bool PendingTable::Lingering::is_of_another(const Exchange& exchange) const {
    return session.empty() || exchange.caller().session_id != session;
}

void PendingTable::forget(const PendingCall& call) noexcept {
    if (call.exchange != nullptr)
        --exchanges_;
    else if (call.is_endless())
        --endless_;
}

}  // namespace agenthub
