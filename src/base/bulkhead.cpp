// Who of the calls that wait for one server is next.
// Owned by the server's call gate. Pure.

#include "base/bulkhead.hpp"

#include <algorithm>
#include <utility>

namespace agenthub {

Bulkhead::Waiter::Waiter(std::string client, unsigned cost)
    : client_(std::move(client)), cost_(std::clamp(cost, 1U, kMaxCost)) {}

Bulkhead::Queued Bulkhead::add(Waiter& waiter) {
    Queued out;
    if (waiting_ >= limits_.queue) {
        const auto own = lanes_.find(waiter.client_);
        const std::size_t mine = own == lanes_.end() ? 0 : own->second.calls.size();
        Lane* longest = longest_lane();
        // With one call more between the two, they would only swap places.
        if (longest == nullptr || longest->calls.size() < mine + 2)
            return out;
        out.evicted = longest->calls.back();
        remove(*out.evicted);
    }
    const auto [entry, is_new] = lanes_.try_emplace(waiter.client_);
    Lane& lane = entry->second;
    if (is_new)
        lane.turn = turns_.insert(turns_.end(), &lane);
    waiter.lane_ = &lane;
    waiter.place_ = lane.calls.insert(lane.calls.end(), &waiter);
    ++waiting_;
    out.accepted = true;
    return out;
}

Bulkhead::Lane* Bulkhead::longest_lane() {
    Lane* longest = nullptr;
    for (Lane* lane : turns_)
        if (longest == nullptr || lane->calls.size() > longest->calls.size())
            longest = lane;
    return longest;
}

Bulkhead::Waiter* Bulkhead::leave() {
    --running_;
    return admit();
}

Bulkhead::Waiter* Bulkhead::admit() {
    if (limits_.max_concurrency != 0 && running_ >= limits_.max_concurrency)
        return nullptr;
    Waiter* next = take_next();
    if (next != nullptr)
        ++running_;
    return next;
}

Bulkhead::Waiter* Bulkhead::take_next() {
    if (turns_.empty())
        return nullptr;
    // Ends: each turn of a lane brings it one quantum nearer to the cost of its first call.
    for (;;) {
        Lane& lane = *turns_.front();
        Waiter& first = *lane.calls.front();
        if (lane.credit >= first.cost_) {
            lane.credit -= first.cost_;
            remove(first);
            return &first;
        }
        lane.credit += kQuantum;
        turns_.splice(turns_.end(), turns_, turns_.begin());
    }
}

void Bulkhead::remove(Waiter& waiter) {
    Lane* lane = std::exchange(waiter.lane_, nullptr);
    if (lane == nullptr)
        return;
    lane->calls.erase(waiter.place_);
    --waiting_;
    if (!lane->calls.empty())
        return;
    turns_.erase(lane->turn);
    lanes_.erase(waiter.client_);
}

std::vector<Bulkhead::Waiter*> Bulkhead::take_all() {
    std::vector<Waiter*> out;
    out.reserve(waiting_);
    while (Waiter* next = take_next())
        out.push_back(next);
    return out;
}

}  // namespace agenthub
