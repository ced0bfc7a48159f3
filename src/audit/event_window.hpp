// Counts what happens within a stretch of time, for each of many keys.
// Pure: time is passed in.

#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>

#include "base/async.hpp"

namespace agenthub {

class EventWindow {
public:
    // `window` is counted from the oldest to the newest event, both included. At most `keys` are known, and of each the
    // newest `most` events; a further key takes the place of the one that has been quiet for longest.
    EventWindow(Duration window, std::size_t keys, std::size_t most) : window_(window), keys_(keys), most_(most) {}

    // Adds one, and says how many there are now within the window.
    std::size_t add(const std::string& key, TimePoint now);
    // Begins this key anew.
    void forget(const std::string& key) { events_.erase(key); }

    std::size_t keys() const noexcept { return events_.size(); }

private:
    void make_room();

    Duration window_;
    std::size_t keys_;
    std::size_t most_;
    std::map<std::string, std::deque<TimePoint>> events_;
};

}  // namespace agenthub
