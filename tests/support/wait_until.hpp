// Waits for something outside this process, where no event can be awaited.
// A function template; no state.

#pragma once

#include <chrono>
#include <thread>

namespace agenthub::test {

inline constexpr std::chrono::milliseconds kBound{20'000};

// Asks `predicate` every 5 ms until it is true or `bound` has passed; returns its last answer.
template <class Predicate>
bool wait_until(Predicate predicate, std::chrono::milliseconds bound = kBound) {
    const auto end = std::chrono::steady_clock::now() + bound;
    while (!predicate()) {
        if (std::chrono::steady_clock::now() >= end)
            return predicate();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

}  // namespace agenthub::test
