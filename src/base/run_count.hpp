// How many of something are under way, and how many have begun.
// Owned by whoever carries them out, and outlives them; one thread.

#pragma once

#include <cstddef>
#include <cstdint>

namespace agenthub {

struct RunCount {
    std::size_t running = 0;
    std::uint64_t begun = 0;

    void add(const RunCount& other) noexcept {
        running += other.running;
        begun += other.begun;
    }

    // One of them, for as long as it lives.
    class Place {
    public:
        explicit Place(RunCount& count) noexcept : count_(count) {
            ++count_.running;
            ++count_.begun;
        }
        ~Place() { --count_.running; }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

    private:
        RunCount& count_;
    };
};

}  // namespace agenthub
