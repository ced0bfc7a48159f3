// Counting refused requests.
// Pure.

#include "audit/failure_meter.hpp"

namespace agenthub {

bool FailureMeter::count(std::string& address, TimePoint now) {
    if (!entries_.contains(address) && entries_.size() >= kAddresses)
        address = kOthers;
    const auto [entry, is_new] = entries_.try_emplace(address, Entry{now, 0});
    if (!is_new)
        ++entry->second.more;
    return is_new;
}

std::vector<FailureMeter::Repeated> FailureMeter::take(TimePoint now) {
    std::vector<Repeated> out;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        if (now - entry->second.since < kMinute) {
            ++entry;
            continue;
        }
        if (entry->second.more != 0)
            out.push_back({entry->first, entry->second.more});
        entry = entries_.erase(entry);
    }
    return out;
}

}  // namespace agenthub
