#include "activity/counts.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace agenthub {
namespace {

RowKind kind_of(std::string_view method, int status, std::string_view client, std::string_view server = "",
                std::string_view tool = "") {
    RowKind row;
    row.method = method;
    row.status = status;
    row.client = client;
    row.server = server;
    row.tool = tool;
    row.outcome = "ok";
    return row;
}

struct Sum {
    std::int64_t rows = 0;
    int buckets = 0, cut = 0, folded = 0;
};

Sum sum_of(const ActivityCounts& counts, const ActivityQuery& query) {
    Sum sum;
    counts.newest_first(
        query,
        [&](const BucketHit& hit) {
            sum.rows += hit.rows;
            ++sum.buckets;
            sum.cut += hit.cut ? 1 : 0;
            sum.folded += hit.folded ? 1 : 0;
            return true;
        },
        [](std::int64_t) { return false; });
    // What is passed over as a whole must be what its buckets have.
    std::int64_t passed = 0;
    counts.newest_first(
        query,
        [&](const BucketHit& hit) {
            passed += hit.rows;
            return true;
        },
        [&](std::int64_t rows) {
            passed += rows;
            return true;
        });
    EXPECT_EQ(passed, sum.rows);
    return sum;
}

TEST(ActivityCounts, counts_rows_of_each_kind_in_each_bucket) {
    ActivityCounts counts;
    for (std::int64_t id = 0; id < 3000; ++id)
        counts.added(id, 1000 + id, kind_of(id % 2 == 0 ? "GET" : "POST", id % 3 == 0 ? 404 : 200, "c"));
    counts.commit();
    EXPECT_EQ(counts.kinds(), 4U);
    EXPECT_EQ(counts.buckets(), 3U);
    ActivityQuery query;
    EXPECT_EQ(sum_of(counts, query).rows, 3000);
    query.method = "GET";
    EXPECT_EQ(sum_of(counts, query).rows, 1500);
    query.status_min = 400;
    EXPECT_EQ(sum_of(counts, query).rows, 500);
    query.client_id = "other";
    EXPECT_EQ(sum_of(counts, query).buckets, 0);
}

TEST(ActivityCounts, tell_where_in_a_bucket_rows_are) {
    ActivityCounts counts;
    for (std::int64_t id = 1024; id < 2048; ++id)
        counts.added(id, id, kind_of("GET", id == 1500 || id == 1600 ? 500 : 200, "c"));
    counts.commit();
    ActivityQuery query;
    query.status_min = 500;
    counts.newest_first(
        query,
        [](const BucketHit& hit) {
            EXPECT_EQ(hit.first_id, 1500);
            EXPECT_EQ(hit.last_id, 1600);
            EXPECT_EQ(hit.rows, 2);
            return true;
        },
        [](std::int64_t) { return false; });
}

TEST(ActivityCounts, buckets_outside_of_the_time_are_left_out_and_those_at_its_edge_are_cut) {
    ActivityCounts counts;
    for (std::int64_t id = 0; id < 10 * 1024; ++id)
        counts.added(id, id, kind_of("GET", 200, "c"));
    counts.commit();
    ActivityQuery query;
    query.since = 1024;
    query.until = 3 * 1024;
    const Sum whole = sum_of(counts, query);
    EXPECT_EQ(whole.rows, 2048);
    EXPECT_EQ(whole.cut, 0);
    query.since = 1500;
    query.until = 3 * 1024 + 1;
    const Sum edges = sum_of(counts, query);
    EXPECT_EQ(edges.buckets, 3);
    EXPECT_EQ(edges.cut, 2);
}

TEST(ActivityCounts, nothing_holds_that_was_rolled_back) {
    ActivityCounts counts;
    counts.added(1, 1, kind_of("GET", 200, "c"));
    counts.commit();
    counts.added(2, 2, kind_of("GET", 200, "c"));
    counts.added(3, 3, kind_of("PUT", 200, "c"));
    counts.removed(0);
    counts.roll_back();
    EXPECT_EQ(sum_of(counts, {}).rows, 1);
    EXPECT_EQ(counts.kinds(), 1U);
}

TEST(ActivityCounts, a_kind_without_rows_is_given_up_and_its_number_used_again) {
    ActivityCounts counts;
    counts.added(1, 1, kind_of("GET", 200, "gone"));
    counts.commit();
    counts.removed(0);
    EXPECT_EQ(counts.changes().lost_kinds.size(), 1U);
    const auto lost = counts.changes().lost_kinds.front();
    counts.commit();
    EXPECT_EQ(counts.kinds(), 0U);
    counts.added(1024, 1, kind_of("GET", 200, "new"));
    EXPECT_EQ(counts.changes().new_kinds, std::vector<std::uint16_t>{lost});
}

TEST(ActivityCounts, kinds_are_bounded_and_rows_beyond_are_folded_but_not_lost) {
    ActivityCounts counts;
    const auto add = [&](std::int64_t id, const RowKind& row) {
        const Fold fold = counts.added(id, id, row);
        counts.commit();
        return fold;
    };
    for (std::size_t i = 0; i < kMaxFullKinds; ++i) {
        const std::string client = "client-" + std::to_string(i);
        ASSERT_EQ(add(static_cast<std::int64_t>(i), kind_of("GET", 200, client)), Fold::none);
    }
    EXPECT_EQ(add(10'000, kind_of("GET", 200, "one over")), Fold::client);
    EXPECT_EQ(add(10'001, kind_of("GET", 200, "client-7")), Fold::none) << "known ones stay known";
    for (std::size_t i = kMaxFullKinds + 1; i + 1 < kMaxKinds; ++i) {
        const std::string tool = "tool-" + std::to_string(i);
        ASSERT_EQ(add(10'000 + static_cast<std::int64_t>(i), kind_of("GET", 200, "x", "s", tool)), Fold::client);
    }
    EXPECT_EQ(counts.kinds() + 1, kMaxKinds);
    EXPECT_EQ(add(30'000, kind_of("GET", 200, "x", "s", "one over")), Fold::all);
    EXPECT_EQ(counts.kinds() + 1, kMaxKinds);
    ActivityQuery query;
    EXPECT_EQ(sum_of(counts, query).rows, static_cast<std::int64_t>(kMaxKinds) + 1) << "without a filter all count";
    query.client_id = "one over";
    EXPECT_GT(sum_of(counts, query).folded, 0) << "whose it is must be looked up";
    ActivityStats stats;
    counts.add_to(stats);
    EXPECT_EQ(stats.by_method.at(std::string(kOtherMethods)), 1);
}

TEST(ActivityCounts, a_bucket_of_unknown_kinds_counts_as_uncounted) {
    ActivityCounts counts;
    Bucket bucket;
    bucket.first_ms = bucket.last_ms = 5;
    bucket.kinds.push_back({99, 3, 0, 2});
    counts.load_bucket(4, bucket);
    EXPECT_EQ(counts.uncounted(), 4);
    EXPECT_TRUE(sum_of(counts, {}).cut == 1);
}

TEST(ActivityCounts, go_through_stretches_once_newest_first) {
    ActivityCounts counts;
    for (const std::int64_t bucket : {1, 7, 8, 9, 40})
        counts.added(bucket << kBucketBits, 1, kind_of("GET", 200, "c"));
    counts.commit();
    EXPECT_EQ(counts.stretches(3), (std::vector<std::int64_t>{5, 1, 0}));
    EXPECT_EQ(counts.stretches(0), (std::vector<std::int64_t>{40, 9, 8, 7, 1}));
    EXPECT_EQ(counts.oldest(2, 2, 100), 7);
    EXPECT_EQ(counts.oldest(2, 2, 6), std::nullopt);
    EXPECT_EQ(counts.oldest(1, 0, 100), std::nullopt);
}

TEST(ActivityCounts, stretches_of_buckets_say_the_same_as_their_buckets) {
    ActivityCounts counts;
    constexpr std::int64_t kRows = 200 << kBucketBits;
    for (std::int64_t id = 0; id < kRows; id += 16)
        counts.added(id, id, kind_of(id % 32 == 0 ? "GET" : "POST", 200, "c"));
    counts.commit();
    ActivityQuery query;
    query.method = "POST";
    EXPECT_EQ(sum_of(counts, query).rows, kRows / 32);
    query.since = 70 << kBucketBits;
    query.until = 199 << kBucketBits;
    EXPECT_EQ(sum_of(counts, query).rows, 129 * 32);
    for (std::int64_t bucket = 0; bucket < 100; ++bucket)
        counts.removed(bucket);
    counts.commit();
    EXPECT_EQ(sum_of(counts, query).rows, 99 * 32);
    query = {};
    EXPECT_EQ(sum_of(counts, query).rows, 100 * 64);
    for (std::int64_t bucket = 100; bucket < 200; ++bucket)
        counts.removed(bucket);
    counts.commit();
    EXPECT_EQ(sum_of(counts, query).buckets, 0);
}

}  // namespace
}  // namespace agenthub
