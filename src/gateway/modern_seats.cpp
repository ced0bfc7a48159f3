// Seats of clients without a session at isolated servers.
// Owned by the modern endpoint.

#include "gateway/modern_seats.hpp"

#include <algorithm>
#include <set>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

// A longer name is told apart by its digest: cut, it could be another client's.
constexpr std::size_t kLongestName = 200;

bool is_full(const ServerSlot& slot) {
    const auto all = slot.runners();
    const auto up = std::count_if(all.begin(), all.end(), [](const ServerRunner* runner) { return runner->is_up(); });
    return slot.config().max_instances > 0 && static_cast<std::size_t>(up) >= slot.config().max_instances;
}

// No session's id: those have no blank.
std::string numbered(std::size_t number, const mcp::Caller& caller) {
    const std::string& name = caller.name();
    std::string seat = std::to_string(number) + " ";
    if (name.size() <= kLongestName)
        return seat += name;
    return seat.append(clip(name, kLongestName)).append(sha256_hex(name));
}

bool is_of_name(std::string_view seat) {
    return seat.starts_with(' ');
}

// By whom the server's slot knows the process of a seat.
std::string_view owner_of(std::string_view seat) {
    return is_of_name(seat) ? seat.substr(1) : seat;
}

}  // namespace

std::string_view ModernSeats::session_of(std::string_view seat) noexcept {
    return is_of_name(seat) ? std::string_view() : seat;
}

// Empty: the server is shared.
std::string ModernSeats::first_of(std::string_view server, const mcp::Caller& caller) const {
    const ServerSlot* slot = servers_.slot(server);
    if (slot == nullptr || slot->config().isolation == Isolation::shared)
        return {};
    if (slot->config().isolation == Isolation::caller)
        return " " + caller.name();
    return numbered(1, caller);
}

std::string ModernSeats::take(std::string_view server, const mcp::Caller& caller, TimePoint now) {
    std::string name = first_of(server, caller);
    if (name.empty())
        return name;
    Seat* seat = &seats_[Key(server, name)];
    for (std::size_t number = 2; seat->calls > 0 && !is_of_name(name); ++number) {
        name = numbered(number, caller);
        seat = &seats_[Key(server, name)];
    }
    ++seat->calls;
    seat->left = now;
    return name;
}

std::string ModernSeats::share(std::string_view server, const mcp::Caller& caller) {
    std::string name = first_of(server, caller);
    if (!name.empty())
        ++seats_[Key(server, name)].shared;
    return name;
}

void ModernSeats::release(std::string_view server, std::string_view seat, TimePoint now) {
    const auto found = seats_.find(Key(server, seat));
    if (found == seats_.end() || found->second.shared == 0)
        return;
    --found->second.shared;
    left(found, now);
}

void ModernSeats::leave(std::string_view server, std::string_view seat, TimePoint now) {
    const auto found = seats_.find(Key(server, seat));
    if (found == seats_.end() || found->second.calls == 0)
        return;
    --found->second.calls;
    left(found, now);
}

// Anybody may call under ever new names: what no process belongs to is forgotten at once, and the number of processes
// is bounded.
void ModernSeats::left(Seats::iterator seat, TimePoint now) {
    seat->second.left = now;
    if (seat->second.is_used())
        return;
    const ServerSlot* slot = servers_.slot(seat->first.first);
    if (slot == nullptr || !slot->has_runner_of(owner_of(seat->first.second)))
        seats_.erase(seat);
}

// The process of a name may also be that of sessions, and ends with the last of them.
bool ModernSeats::is_kept(const Key& key) const {
    return is_of_name(key.second) && in_use_ && in_use_(key.first, owner_of(key.second));
}

void ModernSeats::expire(TimePoint now) {
    for (auto it = seats_.begin(); it != seats_.end();) {
        ServerSlot* slot = servers_.slot(it->first.first);
        // Also one whose server a reload has taken away: whoever uses it gives it back.
        if (it->second.is_used() || (slot != nullptr && now - it->second.left < slot->config().session_grace)) {
            ++it;
            continue;
        }
        if (slot != nullptr && is_kept(it->first)) {
            it->second.left = now;  // to be looked at again when as much time has passed: it costs a walk over sessions
            ++it;
            continue;
        }
        if (slot != nullptr)
            slot->release(owner_of(it->first.second));
        it = seats_.erase(it);
    }
    make_room();
}

// A process that is kept for who may come back must not keep one out who is there.
void ModernSeats::make_room() {
    std::set<std::string> crowded;
    for (const auto& [key, seat] : seats_) {
        const ServerSlot* slot = seat.calls > 0 ? servers_.slot(key.first) : nullptr;
        if (slot != nullptr && slot->try_upstream(owner_of(key.second)) == nullptr && is_full(*slot))
            crowded.insert(key.first);
    }
    for (const std::string& server : crowded)
        if (const auto oldest = longest_left(server); oldest != seats_.end()) {
            servers_.slot(server)->release(owner_of(oldest->first.second));
            seats_.erase(oldest);
        }
}

// The seat at `server` that nobody uses, and has for the longest not, or the end.
ModernSeats::Seats::iterator ModernSeats::longest_left(const std::string& server) {
    auto found = seats_.end();
    for (auto it = seats_.begin(); it != seats_.end(); ++it)
        if (it->first.first == server && !it->second.is_used() &&
            (found == seats_.end() || it->second.left < found->second.left) && !is_kept(it->first))
            found = it;
    return found;
}

}  // namespace agenthub
