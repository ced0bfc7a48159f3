// Seats of modern clients at isolated servers.
// Owned by the modern endpoint.

#include "gateway/modern_seats.hpp"

#include <algorithm>
#include <set>

namespace agenthub {
namespace {

bool is_full(const ServerSlot& slot) {
    const auto all = slot.runners();
    const auto up = std::count_if(all.begin(), all.end(), [](const ServerRunner* runner) { return runner->is_up(); });
    return slot.config().max_instances > 0 && static_cast<std::size_t>(up) >= slot.config().max_instances;
}

// The seat at `server` that has been left for the longest, or the end.
template <class Seats>
auto longest_left(Seats& seats, const std::string& server) {
    auto found = seats.end();
    for (auto it = seats.begin(); it != seats.end(); ++it)
        if (it->first.first == server && !it->second.busy && it->second.shared == 0 &&
            (found == seats.end() || it->second.left < found->second.left))
            found = it;
    return found;
}

}  // namespace

bool ModernSeats::has_seats(std::string_view server) const {
    const ServerSlot* slot = servers_.slot(server);
    return slot != nullptr &&
           (slot->config().isolation == Isolation::session || slot->config().isolation == Isolation::automatic);
}

// No session's id: those have no blank.
std::string ModernSeats::name_of(const mcp::Caller& caller, std::size_t number) const {
    return std::to_string(number) + " " + caller.name();
}

std::string ModernSeats::take(std::string_view server, const mcp::Caller& caller, TimePoint now) {
    if (!has_seats(server))
        return {};
    for (std::size_t number = 1;; ++number) {
        std::string name = name_of(caller, number);
        Seat& seat = seats_[Key(server, name)];
        if (seat.busy)
            continue;
        seat.busy = true;
        seat.left = now;
        return name;
    }
}

std::string ModernSeats::share(std::string_view server, const mcp::Caller& caller) {
    if (!has_seats(server))
        return {};
    std::string name = name_of(caller, 1);
    ++seats_[Key(server, name)].shared;
    return name;
}

void ModernSeats::release(std::string_view server, std::string_view seat, TimePoint now) {
    const auto found = seats_.find(Key(server, seat));
    if (found == seats_.end())
        return;
    --found->second.shared;
    found->second.left = now;
}

void ModernSeats::leave(std::string_view server, std::string_view seat, TimePoint now) {
    const auto found = seats_.find(Key(server, seat));
    if (found == seats_.end())
        return;
    found->second.busy = false;
    found->second.left = now;
}

void ModernSeats::expire(TimePoint now) {
    for (auto it = seats_.begin(); it != seats_.end();) {
        ServerSlot* slot = servers_.slot(it->first.first);
        const bool used = it->second.busy || it->second.shared > 0;
        // Also one whose server a reload has taken away: whoever uses it gives it back.
        if (used || (slot != nullptr && now - it->second.left < slot->config().session_grace)) {
            ++it;
            continue;
        }
        if (slot != nullptr)
            slot->release(it->first.second);
        it = seats_.erase(it);
    }
    // A process that is kept for who may come back must not keep one out who is there.
    std::set<std::string> crowded;
    for (const auto& [key, seat] : seats_) {
        const ServerSlot* slot = seat.busy ? servers_.slot(key.first) : nullptr;
        if (slot != nullptr && slot->try_upstream(key.second) == nullptr && is_full(*slot))
            crowded.insert(key.first);
    }
    for (const std::string& server : crowded)
        if (const auto oldest = longest_left(seats_, server); oldest != seats_.end()) {
            servers_.slot(server)->release(oldest->first.second);
            seats_.erase(oldest);
        }
}

}  // namespace agenthub
