// Seats of modern clients at isolated servers.
// Owned by the modern endpoint.

#include "gateway/modern_seats.hpp"

namespace agenthub {

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
        if (slot != nullptr && (used || now - it->second.left < slot->config().session_grace)) {
            ++it;
            continue;
        }
        if (slot != nullptr)
            slot->release(it->first.second);
        it = seats_.erase(it);
    }
}

}  // namespace agenthub
