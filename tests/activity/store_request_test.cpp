// Rows are found by their request id, whether their segment is sealed, being written, or was left by an end.

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <string>

#include "activity/request_keys.hpp"
#include "activity/row_kind.hpp"
#include "tests/activity/store_support.hpp"

namespace agenthub {
namespace {

using test::blocks_of;

constexpr std::int64_t kSegment = std::int64_t{1} << kSegmentBits;

struct RequestTest : test::StoreTest {
    // Rows from sequence `first` on, each with the request id "r" and its sequence.
    void fill(std::int64_t count, std::int64_t first) {
        std::string id;
        write(count, first, [&](ActivityRecord& r, std::int64_t n) {
            id = "r" + std::to_string(first + n);
            r.request_id = id;
        });
    }
    void reopen() {
        store.reset();
        ++options.epoch;
        open();
    }
    std::int64_t rows_of(const std::string& request) {
        ActivityQuery query;
        query.request_id = request;
        return total(query);
    }
    void expect_rows(std::int64_t first, std::int64_t last, std::int64_t expected = 1) {
        for (std::int64_t n = first; n <= last; n += 1 + (last - first) / 61)
            EXPECT_EQ(rows_of("r" + std::to_string(n)), expected) << n;
        EXPECT_EQ(rows_of("r" + std::to_string(last)), expected) << last;
    }
    std::int64_t sealed() {
        SQLite::Database shell(options.path, SQLite::OPEN_READONLY);
        return shell.execAndGet("SELECT count(DISTINCT id >> 6) FROM activity_request").getInt64();
    }
    void catch_up() {
        for (;;) {
            const auto more = store->catch_up();
            ASSERT_TRUE(more.has_value()) << more.error().message;
            if (!*more)
                return;
        }
    }
};

TEST_F(RequestTest, a_segment_is_sealed_with_the_first_row_of_the_next) {
    fill(kSegment - 1, 1);  // sequence 0 is nobody's
    EXPECT_EQ(sealed(), 0);
    expect_rows(1, kSegment - 1);
    fill(1, kSegment);
    EXPECT_EQ(sealed(), 1);
    expect_rows(1, kSegment);
    fill(2 * kSegment, kSegment + 1);
    EXPECT_EQ(sealed(), 3);
    expect_rows(1, 3 * kSegment);
    EXPECT_EQ(rows_of("r0"), 0);
    EXPECT_EQ(rows_of("nobody"), 0);
}

TEST_F(RequestTest, what_an_end_left_is_found_before_it_is_sealed_and_after) {
    fill(kSegment + 100, 1);
    reopen();
    fill(100, 1);
    EXPECT_EQ(sealed(), 1);
    expect_rows(1, 100, 2);
    expect_rows(101, kSegment + 100);
    catch_up();
    EXPECT_EQ(sealed(), 2) << "all but the one that is being written";
    expect_rows(1, 100, 2);
    expect_rows(101, kSegment + 100);
}

// As after a write that failed: what the store remembers is given up, and the segment is sealed from its rows.
TEST_F(RequestTest, a_segment_with_a_failure_in_it_is_sealed_later) {
    fill(100, 1);
    {
        SQLite::Database other(options.path, SQLite::OPEN_READWRITE);
        const SQLite::Transaction holds(other, SQLite::TransactionBehavior::IMMEDIATE);
        EXPECT_FALSE(store->write(blocks_of(5, 101, [](ActivityRecord&, std::int64_t) {})).has_value());
    }
    catch_up();
    EXPECT_EQ(sealed(), 1) << "nobody is writing it";
    fill(kSegment, 101);
    EXPECT_EQ(sealed(), 0) << "its keys do not know the rows that came since";
    expect_rows(1, kSegment + 100);
    catch_up();
    EXPECT_EQ(sealed(), 1);
    expect_rows(1, kSegment + 100);
}

TEST_F(RequestTest, a_row_that_comes_late_into_a_sealed_segment_is_found) {
    fill(10, 1);
    fill(kSegment, 12);
    EXPECT_EQ(sealed(), 1);
    fill(1, 11);
    EXPECT_EQ(rows_of("r11"), 1);
    expect_rows(1, kSegment + 11);
    fill(kSegment, kSegment + 12);
    catch_up();
    EXPECT_EQ(sealed(), 2);
    expect_rows(1, 2 * kSegment + 11);
}

TEST_F(RequestTest, a_batch_that_is_repeated_is_found_once) {
    std::string id;
    const auto blocks = blocks_of(2 * kSegment, 1, [&](ActivityRecord& r, std::int64_t n) {
        id = "r" + std::to_string(1 + n);
        r.request_id = id;
    });
    ASSERT_TRUE(store->write(blocks).has_value());
    EXPECT_EQ(*store->write(blocks), 0);
    expect_rows(1, 2 * kSegment);
}

TEST_F(RequestTest, keys_go_with_the_last_row_of_their_segment) {
    fill(2 * kSegment + 10, 1);
    const auto keep_from = [&](std::int64_t rows) {
        for (std::int64_t deleted = 0; deleted < rows;)
            deleted += *store->delete_before(INT64_MAX, static_cast<int>(std::min<std::int64_t>(rows - deleted, 1000)));
    };
    const std::int64_t bucket = std::int64_t{1} << kBucketBits;
    keep_from(kSegment - 1 - bucket);
    EXPECT_EQ(sealed(), 2);
    EXPECT_EQ(rows_of("r1"), 0);
    expect_rows(kSegment - bucket, kSegment - 1);
    keep_from(bucket);
    EXPECT_EQ(sealed(), 1);
    EXPECT_EQ(rows_of("r" + std::to_string(kSegment - 1)), 0);
    expect_rows(kSegment, 2 * kSegment + 10);
    ASSERT_TRUE(store->clear(1000).has_value());
    EXPECT_EQ(sealed(), 0);
    fill(kSegment, 2 * kSegment + 11);
    expect_rows(2 * kSegment + 11, 3 * kSegment + 10);
}

TEST_F(RequestTest, equal_ids_are_all_found_newest_first) {
    write(2 * kSegment, 1, [](ActivityRecord& r, std::int64_t n) { r.request_id = n % 1000 == 0 ? "same" : "other"; });
    ActivityQuery query;
    query.request_id = "same";
    const auto got = page(query);
    EXPECT_EQ(got.total, (2 * kSegment + 999) / 1000);
    std::int64_t last = 2 * kSegment + 1;
    for (const auto& entry : got.entries) {
        EXPECT_LT(entry.sequence, last);
        last = entry.sequence;
    }
}

TEST_F(RequestTest, a_nul_in_an_id_is_looked_for_as_it_is_stored) {
    const std::string odd("a\0b", 3);
    write(kSegment, 1, [&](ActivityRecord& r, std::int64_t n) { r.request_id = n == 5 ? odd : std::string_view("r"); });
    EXPECT_EQ(sealed(), 1);
    EXPECT_EQ(rows_of(odd), 1);
}

}  // namespace
}  // namespace agenthub
