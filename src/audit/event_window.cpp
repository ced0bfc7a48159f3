// Counting within a stretch of time.
// Pure.

#include "audit/event_window.hpp"

#include <algorithm>

namespace agenthub {

std::size_t EventWindow::add(const std::string& key, TimePoint now) {
    if (!events_.contains(key) && events_.size() >= keys_)
        make_room();
    auto& times = events_[key];
    times.push_back(now);
    while (times.size() > most_ || now - times.front() > window_)
        times.pop_front();
    return times.size();
}

void EventWindow::make_room() {
    const auto quietest = std::min_element(
        events_.begin(), events_.end(), [](const auto& a, const auto& b) { return a.second.back() < b.second.back(); });
    if (quietest != events_.end())
        events_.erase(quietest);
}

}  // namespace agenthub
