// How a server's calls went: counts and latencies, cheap enough for every call.
// Owned by the slot. Pure.

#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "base/async.hpp"
#include "bridge/bridge_counters.hpp"

namespace agenthub {

// Latencies in buckets of a quarter octave: a percentile is exact to 19 %, over the whole life of the daemon.
class LatencyHistogram {
public:
    void add(std::chrono::microseconds latency) noexcept {
        const auto us = static_cast<std::uint64_t>(latency.count() < 0 ? 0 : latency.count());
        ++count_;
        sum_us_ += us;
        ++buckets_[bucket_of(us)];
    }

    // The latency that `share` (0 … 1) of the calls did not exceed, as the bucket's upper end; 0 without calls.
    std::chrono::microseconds percentile(double share) const noexcept {
        const double wanted = share * static_cast<double>(count_);
        double seen = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            seen += static_cast<double>(buckets_[i]);
            if (buckets_[i] != 0 && seen >= wanted)
                return std::chrono::microseconds(upper_end(i));
        }
        return std::chrono::microseconds(0);
    }

    std::uint64_t count() const noexcept { return count_; }
    std::chrono::microseconds sum() const noexcept { return std::chrono::microseconds(sum_us_); }
    // The calls that took less than 2^power µs, exactly; `power` is 1 to 40.
    std::uint64_t count_below_power(unsigned power) const noexcept {
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < bucket_of(std::uint64_t{1} << power); ++i)
            below += buckets_[i];
        return below;
    }

private:
    static constexpr std::size_t kBuckets = 4 * 40;  // up to 2^40 µs, twelve days

    static std::size_t bucket_of(std::uint64_t us) noexcept {
        if (us < 4)
            return us;
        const auto octave = static_cast<std::size_t>(std::bit_width(us)) - 1;
        const auto quarter = static_cast<std::size_t>((us >> (octave - 2)) & 3);
        const std::size_t bucket = (octave - 1) * 4 + quarter;
        return bucket < kBuckets ? bucket : kBuckets - 1;
    }
    static std::uint64_t upper_end(std::size_t bucket) noexcept {
        if (bucket < 4)
            return bucket;
        const std::size_t octave = bucket / 4 + 1;
        return ((4 + bucket % 4 + 1) << (octave - 2)) - 1;
    }

    std::array<std::uint32_t, kBuckets> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t sum_us_ = 0;
};

// For the operator of a server that asks its clients something although they share it.
inline constexpr std::string_view kIsolateAdvice =
    "asks its clients something while they share its process: such a request is passed on only while one client's "
    "calls "
    "are in flight; set \"isolation\" to \"session\" or \"auto\" to have it always answered by the right one";

struct ServerStats {
    LatencyHistogram latency;  // of answered calls
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;        // calls that AgentHub had to fail: no answer, no server
    std::uint64_t restarts = 0;      // automatic ones
    BridgeCounters bridge;           // of the processes that have ended
    bool asks_while_shared = false;  // a process that clients share has asked one of them something

    // An error that the server answered is an answer.
    void answered(std::chrono::microseconds took) noexcept {
        ++calls;
        latency.add(took);
    }
    void failed() noexcept {
        ++calls;
        ++errors;
    }
};

}  // namespace agenthub
