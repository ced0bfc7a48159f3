// Counts latencies in logarithmic buckets of less than 1 % width.
// A value.

#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

namespace agenthub::load {

class Histogram {
public:
    void add(std::uint64_t nanoseconds) {
        ++buckets_[index_of(nanoseconds)];
        ++count_;
        max_ = std::max(max_, nanoseconds);
    }

    std::uint64_t count() const noexcept { return count_; }
    std::uint64_t max() const noexcept { return max_; }

    // The upper end of the bucket below which `share` (0…1) of the values lie, in nanoseconds; never above max().
    std::uint64_t percentile(double share) const {
        const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            seen += buckets_[i];
            if (seen >= wanted && seen > 0)
                return std::min(upper_end(i), max_);
        }
        return max_;
    }

    // Values below 128 have a bucket each; above, every power of two is split into 128.
    static std::size_t index_of(std::uint64_t value) noexcept {
        if (value < kSplit)
            return static_cast<std::size_t>(value);
        const auto shift = static_cast<unsigned>(std::bit_width(value)) - 8;
        return (shift + 1) * kSplit + static_cast<std::size_t>((value >> shift) - kSplit);
    }

    static std::uint64_t upper_end(std::size_t index) noexcept {
        if (index < kSplit)
            return index;
        const auto shift = static_cast<unsigned>(index / kSplit - 1);
        return ((index % kSplit + kSplit + 1) << shift) - 1;
    }

private:
    static constexpr std::size_t kSplit = 128;

    std::vector<std::uint64_t> buckets_ = std::vector<std::uint64_t>(58 * kSplit);
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace agenthub::load
