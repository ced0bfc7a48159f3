// Things to do later on the hostile server's one thread.
// Owned by Server.

#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace agenthub::test {

class Timers {
public:
    using Clock = std::chrono::steady_clock;

    // `key` names the entry for cancel(); it need not be unique.
    void after(std::int64_t ms, std::string key, std::function<void()> action) {
        const auto at = Clock::now() + std::chrono::milliseconds(std::max<std::int64_t>(ms, 0));
        entries_.emplace(at, Entry{std::move(key), std::move(action)});
    }

    void cancel(const std::string& key) {
        std::erase_if(entries_, [&](const auto& entry) { return entry.second.key == key; });
    }

    // Milliseconds until the next entry, rounded up and at most a minute; -1 when there is none.
    int wait_ms() const {
        if (entries_.empty())
            return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(entries_.begin()->first - Clock::now()).count();
        return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
    }

    void run_due() {
        while (!entries_.empty() && entries_.begin()->first <= Clock::now()) {
            const auto action = std::move(entries_.begin()->second.action);
            entries_.erase(entries_.begin());
            action();
        }
    }

private:
    struct Entry {
        std::string key;
        std::function<void()> action;
    };
    std::multimap<Clock::time_point, Entry> entries_;
};

}  // namespace agenthub::test
