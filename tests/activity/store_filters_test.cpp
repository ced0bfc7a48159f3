// The filters that look at time and at errors, clients without a kind of their own, and slices.

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "activity/counts.hpp"
#include "tests/activity/store_support.hpp"

namespace agenthub {
namespace {

using test::kTestTime;
using test::StoreTest;

const auto kNever = [] { return false; };

// One row per millisecond from kTestTime on; every tenth has an error.
struct TimedTest : StoreTest {
    static constexpr std::int64_t kRows = 5000;

    void SetUp() override {
        StoreTest::SetUp();
        write(kRows, 1, [](ActivityRecord& r, std::int64_t i) {
            static std::string error;
            error = "Connection refused by host-" + std::to_string(i % 100);
            r.unix_ms = kTestTime + i;
            r.http_status = i % 10 == 0 ? 502 : 200;
            r.error_text = i % 10 == 0 ? error : std::string_view();
        });
    }
    std::vector<std::int64_t> sequences(const ActivityQuery& query, std::int64_t limit) {
        std::vector<std::int64_t> out;
        const auto last = store->last_row();
        ActivitySlice slice;
        while (!slice.done) {
            auto next = store->slice(query, slice.position, *last, limit, kNever);
            EXPECT_TRUE(next.has_value());
            if (!next.has_value())
                break;
            slice = std::move(*next);
            EXPECT_LE(static_cast<std::int64_t>(slice.entries.size()), limit);
            for (const auto& entry : slice.entries)
                out.push_back(entry.sequence);
        }
        return out;
    }
};

TEST_F(TimedTest, since_and_until_bound_the_rows_and_the_total) {
    for (const auto& [since, until, rows] : {std::tuple{0, 5000, 5000},
                                             {1, 5000, 4999},
                                             {0, 4999, 4999},
                                             {1024, 2048, 1024},
                                             {1000, 1001, 1},
                                             {77, 77, 0},
                                             {4999, 9999, 1},
                                             {5000, 9999, 0}}) {
        ActivityQuery q;
        q.since = kTestTime + since;
        q.until = kTestTime + until;
        q.limit = 1000;
        const auto got = page(q);
        EXPECT_EQ(got.total, rows) << since << " " << until;
        EXPECT_EQ(static_cast<int>(got.entries.size()), std::min(rows, 1000));
        for (const auto& e : got.entries)
            EXPECT_TRUE(e.unix_ms >= *q.since && e.unix_ms < *q.until);
        q.status_min = 500;
        int errors = 0;
        for (int i = since; i < std::min(until, 5000); ++i)
            errors += i % 10 == 0 ? 1 : 0;
        EXPECT_EQ(page(q).total, errors) << since << " " << until;
    }
}

TEST_F(TimedTest, pages_of_a_segment_of_time_do_not_overlap) {
    ActivityQuery q;
    q.since = kTestTime + 500;
    q.until = kTestTime + 3700;
    q.status_min = 500;
    q.limit = 33;
    std::int64_t last = INT64_MAX;
    std::int64_t seen = 0;
    for (;; q.offset += q.limit) {
        const auto got = page(q);
        EXPECT_EQ(got.total, 320);
        if (got.entries.empty())
            break;
        for (const auto& e : got.entries) {
            EXPECT_LT(e.sequence, last);
            last = e.sequence;
            ++seen;
        }
    }
    EXPECT_EQ(seen, 320);
}

TEST_F(TimedTest, errors_are_found_by_their_words) {
    ActivityQuery q;
    q.error = "refused";
    EXPECT_EQ(page(q).total, 500);
    EXPECT_TRUE(page(q).total_exact);
    q.error = "REFUSED connection";
    EXPECT_EQ(page(q).total, 500) << "whatever their case and order";
    q.error = "refus*";
    EXPECT_EQ(page(q).total, 500);
    q.error = "refus";
    EXPECT_EQ(page(q).total, 0);
    q.error = "refused host-90";
    EXPECT_EQ(page(q).total, 50);
    EXPECT_EQ(page(q).entries.front().sequence, 4991);
    q.since = kTestTime + 4950;
    EXPECT_EQ(page(q).total, 1) << "together with other filters";
    q.error = "\" refused (";
    EXPECT_EQ(page(q).total, 5) << "no operator";
    q.error = "refused OR nothing";
    EXPECT_EQ(page(q).total, 0);
}

TEST_F(TimedTest, errors_that_were_deleted_are_not_found) {
    ASSERT_TRUE(store->delete_before(kTestTime + 1000, 100'000).has_value());
    ActivityQuery q;
    q.error = "refused";
    const auto stats = store->stats();
    EXPECT_EQ(page(q).total, stats->by_status.at(502));
    EXPECT_LT(page(q).total, 500);
    ASSERT_TRUE(store->clear(1000).has_value());
    EXPECT_EQ(page(q).total, 0);
    write(1, kRows + 1, [](ActivityRecord& r, std::int64_t) { r.error_text = "refused again"; });
    EXPECT_EQ(page(q).total, 1);
    store.reset();
    SQLite::Database shell(options.path, SQLite::OPEN_READWRITE);
    EXPECT_NO_THROW(shell.exec("INSERT INTO activity_error (activity_error) VALUES ('integrity-check')"));
}

TEST_F(StoreTest, rows_with_a_word_are_counted_up_to_a_limit_and_one_over_is_said) {
    write(kMaxErrorTotal, 1, [](ActivityRecord& r, std::int64_t) { r.error_text = "timeout"; });
    ActivityQuery q;
    q.error = "timeout";
    EXPECT_EQ(page(q).total, kMaxErrorTotal);
    EXPECT_TRUE(page(q).total_exact);
    write(1, kMaxErrorTotal + 1, [](ActivityRecord& r, std::int64_t) { r.error_text = "timeout"; });
    EXPECT_EQ(page(q).total, kMaxErrorTotal);
    EXPECT_FALSE(page(q).total_exact);
    q.offset = kMaxErrorTotal;
    EXPECT_EQ(page(q).entries.size(), 1U) << "the rows behind it can be had";
}

TEST_F(TimedTest, slices_have_every_row_once_oldest_first) {
    std::vector<std::int64_t> all;
    for (std::int64_t i = 1; i <= kRows; ++i)
        all.push_back(i);
    EXPECT_EQ(sequences({}, 500), all);
    EXPECT_EQ(sequences({}, 999), all);
    ActivityQuery q;
    q.status_min = 500;
    const auto errors = sequences(q, 7);
    ASSERT_EQ(errors.size(), 500U);
    EXPECT_EQ(errors.front(), 1);
    EXPECT_EQ(errors.back(), 4991);
    q = {};
    q.error = "refused host-90";
    EXPECT_EQ(sequences(q, 7).size(), 50U);
    q = {};
    q.request_id = std::string(test::simple_record().request_id);
    EXPECT_EQ(sequences(q, 1000), all);
    q = {};
    q.since = kTestTime + 100;
    q.until = kTestTime + 150;
    EXPECT_EQ(sequences(q, 20).size(), 50U);
    q.server = "none";
    EXPECT_TRUE(sequences(q, 20).empty());
}

TEST_F(TimedTest, a_slice_ends_at_the_row_that_it_is_told) {
    const auto first = store->slice({}, 0, INT64_MAX, 1, kNever);
    ASSERT_EQ(first->entries.size(), 1U);
    const std::int64_t end = first->position + 9;
    const auto slice = store->slice({}, 0, end, 1000, kNever);
    EXPECT_EQ(slice->entries.size(), 10U);
    EXPECT_TRUE(slice->done);
    EXPECT_EQ(slice->position, end);
    const auto ahead = store->slice({}, INT64_MAX, INT64_MAX, 1000, kNever);
    EXPECT_TRUE(ahead->done);
    EXPECT_EQ(ahead->position, *store->last_row()) << "of another database, maybe";
}

TEST_F(StoreTest, clients_beyond_the_table_of_kinds_are_found_and_counted) {
    constexpr auto kClients = static_cast<std::int64_t>(kMaxFullKinds) + 500;
    static std::string client;
    const auto name = [](ActivityRecord& r, std::int64_t i) {
        client = "client-" + std::to_string(i);
        r.client_id = client;
        r.http_status = i % 2 == 0 ? 200 : 500;
    };
    write(kClients, 1, name);
    store.reset();
    open();  // and the database knows them, too
    for (const std::int64_t i : {std::int64_t{0}, kClients - 1, kClients - 2}) {
        ActivityQuery q;
        q.client_id = "client-" + std::to_string(i);
        EXPECT_EQ(total(q), 1) << i;
        EXPECT_EQ(page(q).entries.size(), 1U) << i;
        q.status_min = 500;
        EXPECT_EQ(total(q), i % 2) << i;
    }
    ActivityQuery q;
    q.status_min = 500;
    EXPECT_EQ(total(q), kClients / 2);
    q.client_id = "nobody";
    EXPECT_EQ(total(q), 0);
    EXPECT_EQ(store->stats()->total_entries, kClients);
}

TEST_F(TimedTest, the_counts_are_the_same_after_opening_again) {
    ActivityQuery q;
    q.status_min = 500;
    store.reset();
    open();
    EXPECT_EQ(total(q), 500);
    EXPECT_EQ(store->stats()->by_status, (std::map<int, std::int64_t>{{200, 4500}, {502, 500}}));
}

}  // namespace
}  // namespace agenthub
