// Percentiles are right to within a bucket.

#include "load/histogram.hpp"

#include <gtest/gtest.h>

namespace agenthub::load {
namespace {

TEST(Histogram, every_value_lies_in_its_bucket_within_one_percent) {
    std::uint64_t value = 1;
    for (int i = 0; i < 60; ++i, value = value * 2 + static_cast<std::uint64_t>(i % 3)) {
        const std::size_t index = Histogram::index_of(value);
        EXPECT_GE(Histogram::upper_end(index), value);
        EXPECT_LE(static_cast<double>(Histogram::upper_end(index) - value), 0.01 * static_cast<double>(value));
        EXPECT_EQ(Histogram::index_of(Histogram::upper_end(index)), index);
        EXPECT_EQ(Histogram::index_of(Histogram::upper_end(index) + 1), index + 1);
    }
}

TEST(Histogram, the_largest_value_fits) {
    Histogram histogram;
    histogram.add(UINT64_MAX);
    EXPECT_EQ(histogram.percentile(0.5), UINT64_MAX);
}

TEST(Histogram, percentiles_of_a_known_series) {
    Histogram histogram;
    EXPECT_EQ(histogram.percentile(0.99), 0u);
    for (std::uint64_t i = 1; i <= 100'000; ++i)
        histogram.add(i);
    EXPECT_EQ(histogram.count(), 100'000u);
    EXPECT_EQ(histogram.max(), 100'000u);
    EXPECT_NEAR(static_cast<double>(histogram.percentile(0.5)), 50'000, 500);
    EXPECT_NEAR(static_cast<double>(histogram.percentile(0.999)), 99'900, 999);
    EXPECT_EQ(histogram.percentile(1), 100'000u);
    EXPECT_EQ(histogram.percentile(0), 1u);
}

}  // namespace
}  // namespace agenthub::load
