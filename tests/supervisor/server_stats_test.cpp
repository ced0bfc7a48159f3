#include "supervisor/server_stats.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

using std::chrono::microseconds;

TEST(LatencyHistogram, has_no_percentile_without_calls) {
    const LatencyHistogram histogram;
    EXPECT_EQ(histogram.percentile(0.5), microseconds(0));
    EXPECT_EQ(histogram.percentile(0.99), microseconds(0));
    EXPECT_EQ(histogram.count(), 0u);
}

// The promise of the header: never less than the value, and at most 25 % of it more.
TEST(LatencyHistogram, tells_every_latency_from_above_and_closely) {
    for (std::int64_t us = 0; us < 100'000; us += 1 + us / 50) {
        LatencyHistogram histogram;
        histogram.add(microseconds(us));
        const auto told = histogram.percentile(0.5).count();
        EXPECT_GE(told, us);
        EXPECT_LE(static_cast<double>(told), static_cast<double>(us) * 1.25) << us;
    }
}

TEST(LatencyHistogram, counts_exactly_what_is_below_a_power_of_two) {
    LatencyHistogram histogram;
    for (const std::int64_t us : {-1, 0, 1, 2, 3, 4, 511, 512, 1023, 1024})
        histogram.add(microseconds(us));
    const std::pair<unsigned, std::uint64_t> expected[] = {{1, 3}, {2, 5}, {3, 6}, {9, 7}, {10, 9}, {11, 10}, {40, 10}};
    for (const auto& [power, count] : expected)
        EXPECT_EQ(histogram.count_below_power(power), count) << power;
    EXPECT_EQ(histogram.sum(), microseconds(3080)) << "nothing for what was negative";
}

TEST(LatencyHistogram, is_exact_below_eight_microseconds) {
    for (std::int64_t us = 0; us < 8; ++us) {
        LatencyHistogram histogram;
        histogram.add(microseconds(us));
        EXPECT_EQ(histogram.percentile(1).count(), us);
    }
}

TEST(LatencyHistogram, keeps_longer_latencies_in_later_buckets) {
    std::int64_t last = 0;
    for (std::int64_t us = 1; us < (std::int64_t{1} << 40); us *= 2) {
        LatencyHistogram histogram;
        histogram.add(microseconds(us));
        EXPECT_GT(histogram.percentile(1).count(), last);
        last = histogram.percentile(1).count();
    }
}

TEST(LatencyHistogram, takes_what_is_out_of_range_to_its_ends) {
    LatencyHistogram histogram;
    histogram.add(microseconds(-5));
    EXPECT_EQ(histogram.percentile(1), microseconds(0));
    histogram.add(microseconds::max());
    EXPECT_GE(histogram.percentile(1), std::chrono::hours(24 * 12));
    EXPECT_EQ(histogram.count(), 2u);
}

TEST(LatencyHistogram, finds_the_rank_that_the_share_asks_for) {
    LatencyHistogram histogram;
    for (int i = 0; i < 99; ++i)
        histogram.add(microseconds(1));
    histogram.add(microseconds(7));
    EXPECT_EQ(histogram.percentile(0), microseconds(1));
    EXPECT_EQ(histogram.percentile(0.5), microseconds(1));
    EXPECT_EQ(histogram.percentile(0.99), microseconds(1));
    EXPECT_EQ(histogram.percentile(0.991), microseconds(7));
    EXPECT_EQ(histogram.percentile(1), microseconds(7));
}

TEST(ServerStats, counts_answers_and_failures_apart) {
    ServerStats stats;
    stats.failed();
    stats.failed();
    EXPECT_EQ(stats.calls, 2u);
    EXPECT_EQ(stats.errors, 2u);
    EXPECT_EQ(stats.latency.count(), 0u);
    stats.answered(microseconds(5));
    EXPECT_EQ(stats.calls, 3u);
    EXPECT_EQ(stats.errors, 2u);
    EXPECT_EQ(stats.latency.count(), 1u);
}

}  // namespace
}  // namespace agenthub
