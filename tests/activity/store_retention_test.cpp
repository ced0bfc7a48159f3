#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "activity/store.hpp"
#include "tests/activity/activity_support.hpp"

namespace agenthub {
namespace {

using test::blocks_of;
using test::bytes_on_disk;
using test::kTestTime;

const auto kNever = [] { return false; };

struct RetentionTest : testing::Test {
    test::TempDir dir;
    ActivityOptions options = test::options_in(dir.path());
    std::unique_ptr<ActivityStore> store;

    void open() {
        auto opened = ActivityStore::open(options);
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        store = std::move(*opened);
    }
    // One row per millisecond from kTestTime on, by two clients.
    void write(std::int64_t count, std::int64_t first_sequence) {
        const auto written = store->write(blocks_of(count, first_sequence, [&](ActivityRecord& r, std::int64_t i) {
            r.unix_ms = kTestTime + first_sequence + i;
            r.client_id = i % 2 == 0 ? "even" : "odd";
        }));
        ASSERT_TRUE(written.has_value()) << written.error().message;
    }
    std::int64_t delete_all_before(std::int64_t unix_ms) {
        std::int64_t sum = 0;
        for (;;) {
            const auto deleted = store->delete_before(unix_ms, 1000);
            EXPECT_TRUE(deleted.has_value()) << deleted.error().message;
            if (!deleted.has_value() || *deleted == 0)
                return sum;
            sum += *deleted;
        }
    }
    std::int64_t total(std::optional<std::string> client = {}) {
        ActivityQuery q;
        q.client_id = std::move(client);
        const auto all = store->page(q, kNever);
        // The counts beside the rows must agree with the rows.
        SQLite::Database shell(options.path, SQLite::OPEN_READONLY);
        const std::string where = q.client_id ? " WHERE client_id = '" + *q.client_id + "'" : "";
        EXPECT_EQ(all->total, shell.execAndGet("SELECT count(*) FROM activity_row" + where).getInt64());
        return all->total;
    }
    std::int64_t oldest() {
        ActivityQuery q;
        q.limit = 1;
        q.offset = total() - 1;
        return store->page(q, kNever)->entries.front().sequence;
    }
};

TEST_F(RetentionTest, deletes_what_is_older_and_nothing_else) {
    open();
    write(5000, 1);
    EXPECT_EQ(delete_all_before(kTestTime + 3001), 3000);
    EXPECT_EQ(total(), 2000);
    EXPECT_EQ(total("even"), 1000);
    EXPECT_EQ(oldest(), 3001);
    EXPECT_EQ(store->stats()->total_entries, 2000);
    EXPECT_EQ(delete_all_before(kTestTime + 3001), 0);
    EXPECT_EQ(delete_all_before(INT64_MAX), 2000);
    EXPECT_EQ(total(), 0);
    EXPECT_EQ(total("odd"), 0);
    EXPECT_TRUE(store->stats()->by_method.empty());
}

TEST_F(RetentionTest, deletes_in_small_pieces) {
    open();
    write(5000, 1);
    const auto deleted = store->delete_before(INT64_MAX, 1000);
    EXPECT_GE(*deleted, 1000);
    EXPECT_LT(*deleted, 1000 + 1024);
}

TEST_F(RetentionTest, finds_old_rows_that_a_wrong_clock_put_among_new_ones) {
    open();
    ASSERT_TRUE(store
                    ->write(blocks_of(3000, 1,
                                      [](ActivityRecord& r, std::int64_t i) {
                                          r.unix_ms = i % 100 == 0 ? kTestTime - 1'000'000 : kTestTime + 1'000'000;
                                      }))
                    .has_value());
    EXPECT_EQ(delete_all_before(kTestTime), 30);
    EXPECT_EQ(total(), 2970);
}

TEST_F(RetentionTest, spares_rows_above_the_watermark) {
    std::optional<ActivityPosition> mark = ActivityPosition{77, 1500};
    options.watermark = [&] { return mark; };
    open();
    write(4000, 1);
    EXPECT_EQ(delete_all_before(INT64_MAX), 1500);
    EXPECT_EQ(oldest(), 1501);
    mark->sequence = 1501;
    EXPECT_EQ(delete_all_before(INT64_MAX), 1);
    EXPECT_EQ(*store->clear(1000), 0);
    mark = ActivityPosition{1234, 4000};  // a run that this database does not know
    EXPECT_EQ(delete_all_before(INT64_MAX), 0);
    mark.reset();
    EXPECT_EQ(delete_all_before(INT64_MAX), 0);
    EXPECT_EQ(total(), 2499);
}

TEST_F(RetentionTest, clear_empties_everything_and_tells_how_much_it_was) {
    open();
    write(3000, 1);
    EXPECT_EQ(*store->clear(1000), 3000);
    EXPECT_EQ(total(), 0);
    EXPECT_EQ(total("even"), 0);
    EXPECT_EQ(store->stats()->total_entries, 0);
    write(10, 3001);
    EXPECT_EQ(total(), 10);
    EXPECT_EQ(delete_all_before(INT64_MAX), 10);
}

TEST_F(RetentionTest, the_size_stays_within_its_limit_while_rows_come_in) {
    options.max_bytes = 4 << 20;
    open();
    std::uintmax_t largest = 0;
    for (std::int64_t first = 1; first < 60'000; first += 1000) {
        write(1000, first);
        while (store->over_size())
            ASSERT_GT(*store->delete_before(INT64_MAX, 1000), 0);
        largest = std::max(largest, bytes_on_disk(options.path));
    }
    EXPECT_LE(largest, 4U << 20);
    EXPECT_GT(largest, 2U << 20);  // and the space is used
    EXPECT_GT(total(), 5000);
    EXPECT_LT(total(), 32'000);  // each of these takes 100 bytes, of the 3 MiB that the WAL leaves
}

TEST_F(RetentionTest, the_log_of_a_large_transaction_counts_too_and_goes) {
    options.max_bytes = 4 << 20;
    open();
    for (std::int64_t first = 1; first < 26'000; first += 1000)
        write(1000, first);
    for (int i = 0; i < 16; ++i)
        ASSERT_GT(*store->delete_before(INT64_MAX, 1000), 0);
    write(16'000, 26'001);
    // Few enough rows in a small enough file; only the transaction was large.
    EXPECT_FALSE(store->over_size());
    EXPECT_LT(std::filesystem::file_size(options.path), 7U << 19);
    EXPECT_GT(bytes_on_disk(options.path), 4U << 20);
    EXPECT_TRUE(store->file_over_size());
    while (*store->compact()) {
    }
    EXPECT_LE(bytes_on_disk(options.path), 4U << 20);
    EXPECT_FALSE(store->file_over_size());
    EXPECT_GT(total(), 16'000);
}

TEST_F(RetentionTest, gives_space_back_after_a_clear) {
    open();
    write(80'000, 1);
    ASSERT_TRUE(store->clear(1000).has_value());
    while (*store->compact()) {
    }
    store.reset();  // checkpoints
    EXPECT_LT(std::filesystem::file_size(options.path), 2U << 20);
}

TEST_F(RetentionTest, shrinks_when_the_limit_was_lowered) {
    open();
    write(100'000, 1);
    store.reset();
    EXPECT_GT(std::filesystem::file_size(options.path), 8U << 20);
    options.max_bytes = 4 << 20;
    open();
    EXPECT_TRUE(store->over_size());
    while (store->over_size())
        ASSERT_GT(*store->delete_before(INT64_MAX, 1000), 0);
    while (*store->compact()) {
    }
    store.reset();
    EXPECT_LE(std::filesystem::file_size(options.path), 4U << 20);
}

TEST(MoveAside, keeps_the_newest_two) {
    const test::TempDir dir;
    const auto path = dir.path() / "activity.db";
    std::vector<std::string> moved;
    for (int day = 0; day < 4; ++day) {
        std::ofstream(path) << day;
        std::ofstream(path.string() + "-wal") << day;
        const auto target = ActivityStore::move_aside(path, kTestTime + day * 86'400'000LL);
        ASSERT_TRUE(target.has_value()) << target.error().message;
        moved.push_back(*target);
    }
    EXPECT_EQ(moved.back(), path.string() + ".corrupt-2026-07-28T17-20-00.123Z");
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_FALSE(std::filesystem::exists(path.string() + "-wal"));
    for (std::size_t i = 0; i < moved.size(); ++i) {
        EXPECT_EQ(std::filesystem::exists(moved[i]), i >= 2);
        EXPECT_EQ(std::filesystem::exists(moved[i] + "-wal"), i >= 2);
    }
}

TEST(MoveAside, tells_why_it_cannot) {
    const test::TempDir dir;
    const auto refused = ActivityStore::move_aside(dir.path() / "none.db", kTestTime);
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("No such file"), std::string::npos);
}

}  // namespace
}  // namespace agenthub
