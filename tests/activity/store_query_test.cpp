#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "tests/activity/store_support.hpp"

namespace agenthub {
namespace {

using test::blocks_of;
using test::StoreTest;

// 6000 rows in several buckets: half of them POST, every third 404, ten clients, one row per request id.
struct FilterTest : StoreTest {
    void SetUp() override {
        StoreTest::SetUp();
        static std::string id, client;
        write(6000, 1, [](ActivityRecord& r, std::int64_t i) {
            id = "request-" + std::to_string(i);
            client = "client-" + std::to_string(i % 10);
            r.request_id = id;
            r.client_id = client;
            r.http_method = i % 2 == 0 ? "GET" : "POST";
            r.http_status = i % 3 == 0 ? 404 : 200;
            r.server = i % 5 == 0 ? "five" : "other";
            r.tool = i % 7 == 0 ? "seven" : "";
            r.outcome = i % 3 == 0 ? Outcome::refused : Outcome::ok;
        });
    }
};

TEST_F(FilterTest, each_filter_selects_its_rows_and_counts_them) {
    ActivityQuery q;
    q.limit = 1000;
    const auto expect = [&](std::int64_t rows, auto matches) {
        const auto got = page(q);
        EXPECT_EQ(got.total, rows);
        EXPECT_EQ(static_cast<std::int64_t>(got.entries.size()), std::min<std::int64_t>(rows, 1000));
        for (const auto& e : got.entries)
            EXPECT_TRUE(matches(e)) << e.sequence;
        q = ActivityQuery();
        q.limit = 1000;
    };
    expect(6000, [](const auto&) { return true; });
    q.method = "POST";
    expect(3000, [](const auto& e) { return e.http_method == "POST"; });
    q.status_min = 404;
    expect(2000, [](const auto& e) { return e.http_status == 404; });
    q.status_max = 403;
    expect(4000, [](const auto& e) { return e.http_status == 200; });
    q.client_id = "client-3";
    expect(600, [](const auto& e) { return e.client_id == "client-3"; });
    q.request_id = "request-4321";
    expect(1, [](const auto& e) { return e.sequence == 4322; });
    q.server = "five";
    expect(1200, [](const auto& e) { return e.server == "five"; });
    q.tool = "seven";
    expect(858, [](const auto& e) { return e.tool == "seven"; });
    q.outcome = "refused";
    expect(2000, [](const auto& e) { return e.outcome == "refused"; });
}

TEST_F(FilterTest, filters_combine_in_the_rows_and_in_the_total) {
    ActivityQuery q;
    q.method = "GET";
    q.status_min = q.status_max = 404;
    EXPECT_EQ(total(q), 1000);
    q.client_id = "client-0";
    EXPECT_EQ(total(q), 200);
    EXPECT_EQ(page(q).entries.size(), 50U);
    q.tool = "seven";
    EXPECT_EQ(total(q), 29);
    EXPECT_EQ(page(q).entries.size(), 29U);
    q.request_id = "request-0";
    EXPECT_EQ(total(q), 1);
    q.client_id = "client-1";
    EXPECT_EQ(total(q), 0);
    EXPECT_TRUE(page(q).entries.empty());
}

TEST_F(FilterTest, pages_are_newest_first_and_do_not_overlap) {
    for (const bool by_client : {false, true}) {
        ActivityQuery q;
        if (by_client)
            q.client_id = "client-4";
        q.limit = 70;
        std::set<std::int64_t> seen;
        std::int64_t last = 1 << 20;
        for (;;) {
            const auto got = page(q);
            if (got.entries.empty())
                break;
            for (const auto& e : got.entries) {
                EXPECT_LT(e.sequence, last);
                last = e.sequence;
                seen.insert(e.sequence);
            }
            q.offset += q.limit;
        }
        EXPECT_EQ(seen.size(), by_client ? 600U : 6000U);
    }
}

TEST_F(FilterTest, the_page_size_is_capped_at_1000) {
    ActivityQuery q;
    EXPECT_EQ(page(q).limit, 50);
    for (const std::int64_t limit : {1000, 1001, 5000}) {
        q.limit = limit;
        const auto got = page(q);
        EXPECT_EQ(got.limit, 1000);
        EXPECT_EQ(got.entries.size(), 1000U);
    }
    q.limit = -1;
    EXPECT_EQ(page(q).entries.size(), 0U);
    EXPECT_EQ(page(q).total, 6000);
    q.limit = 1;
    q.offset = -5;
    EXPECT_EQ(page(q).entries.front().sequence, 6000);
}

TEST_F(FilterTest, statistics_sum_up_to_the_total) {
    const auto stats = store->stats();
    ASSERT_TRUE(stats.has_value());
    EXPECT_EQ(stats->total_entries, 6000);
    EXPECT_EQ(stats->by_method, (std::map<std::string, std::int64_t>{{"GET", 3000}, {"POST", 3000}}));
    EXPECT_EQ(stats->by_status, (std::map<int, std::int64_t>{{200, 4000}, {404, 2000}}));
}

TEST_F(FilterTest, a_query_ends_when_it_is_interrupted) {
    ActivityQuery q;
    q.server = "five";
    const auto got = store->page(q, [] { return true; });
    ASSERT_FALSE(got.has_value());
    EXPECT_EQ(got.error().kind, StoreFailure::Kind::interrupted);
    EXPECT_EQ(total(q), 1200);  // the next one is not
}

TEST_F(FilterTest, batches_are_committed_in_the_middle_of_a_query_which_sees_the_state_of_its_start) {
    ActivityQuery q;
    q.server = "other";
    bool written = false;
    const auto got = store->page(q, [&] {
        if (!written) {
            written = true;
            const auto blocks = blocks_of(10, 6001, [](ActivityRecord& r, std::int64_t) { r.server = "other"; });
            EXPECT_TRUE(store->write(blocks).has_value());
        }
        return false;
    });
    EXPECT_TRUE(written);
    EXPECT_EQ(got->total, 4800);
    EXPECT_EQ(total(q), 4810);
}

TEST_F(StoreTest, hostile_texts_are_only_texts) {
    static const std::string kHostile = "'; DROP TABLE activity_row; --\"%_\\";
    static const std::string kNotUtf8 = "\xff\xfe\x80";
    static const std::string kNul("a\0b", 3);
    write(3, 1, [](ActivityRecord& r, std::int64_t i) {
        const std::string_view text = i == 0 ? kHostile : i == 1 ? kNotUtf8 : kNul;
        r.client_id = r.server = r.tool = r.request_id = r.path = r.http_method = text;
    });
    for (const auto& text : {kHostile, kNotUtf8, kNul}) {
        ActivityQuery q;
        q.client_id = q.server = q.tool = q.request_id = q.method = text;
        const auto got = page(q);
        EXPECT_EQ(got.total, 1);
        ASSERT_EQ(got.entries.size(), 1U);
        EXPECT_EQ(got.entries.front().path, stored_text(text));
        ActivityQuery client_only;
        client_only.client_id = text;
        EXPECT_EQ(total(client_only), 1);
    }
    EXPECT_EQ(store->stats()->total_entries, 3);
}

TEST_F(StoreTest, a_filter_longer_than_the_limit_finds_the_clipped_row) {
    static const std::string kLong(kShortTextLimit + 50, 'c');
    write(1, 1, [](ActivityRecord& r, std::int64_t) { r.client_id = kLong; });
    ActivityQuery q;
    q.client_id = kLong;
    EXPECT_EQ(total(q), 1);
}

}  // namespace
}  // namespace agenthub
