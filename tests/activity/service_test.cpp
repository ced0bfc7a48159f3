#include "activity/service.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <set>

#include "base/text.hpp"
#include "tests/activity/service_support.hpp"

namespace agenthub {
namespace {

using std::chrono::seconds;
using test::ServiceTest;
using test::simple_record;
using test::wait_for;

TEST_F(ServiceTest, what_is_flushed_can_be_found) {
    start();
    record(1000);
    EXPECT_TRUE(flush());
    EXPECT_EQ(total(), 1000);
    const auto counters = service->counters();
    EXPECT_EQ(counters.recorded, 1000);
    EXPECT_EQ(counters.committed, 1000);
    EXPECT_EQ(counters.dropped, 0);
    EXPECT_EQ(counters.queued, 0);
    EXPECT_GE(counters.batches, 1);
    EXPECT_EQ(counters.last_error, "");
}

TEST_F(ServiceTest, a_flush_of_nothing_is_true) {
    start();
    EXPECT_TRUE(flush());
}

TEST_F(ServiceTest, the_end_writes_what_was_recorded) {
    start();
    record(5000);
    service.reset();
    start();
    EXPECT_EQ(total(), 5000);
}

TEST_F(ServiceTest, answers_every_question) {
    start();
    for (const int days_ago : {0, 10, 40}) {
        ActivityRecord r = simple_record();
        r.unix_ms = unix_ms_now() - days_ago * 86'400'000LL;
        service->log().record(r);
    }
    ASSERT_TRUE(flush());
    const auto stats = wait_for(loop, service->stats());
    EXPECT_EQ(stats->total_entries, 3);
    EXPECT_EQ(stats->by_method.at("GET"), 3);
    EXPECT_EQ(*wait_for(loop, service->cleanup(30)), 1);
    EXPECT_EQ(*wait_for(loop, service->cleanup(30)), 0);
    EXPECT_EQ(total(), 2);
    EXPECT_EQ(*wait_for(loop, service->clear()), 2);
    EXPECT_EQ(total(), 0);
}

TEST_F(ServiceTest, cleanup_of_less_than_a_day_is_refused) {
    start();
    record(1);
    ASSERT_TRUE(flush());
    const auto refused = wait_for(loop, service->cleanup(0));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::invalid_params);
    EXPECT_EQ(total(), 1);
    EXPECT_EQ(*wait_for(loop, service->cleanup(1)), 1);
}

TEST_F(ServiceTest, a_clear_removes_what_was_recorded_before_it) {
    start();
    record(10);  // not flushed
    EXPECT_EQ(*wait_for(loop, service->clear()), 10);
    EXPECT_EQ(total(), 0);
}

TEST_F(ServiceTest, more_questions_than_the_limit_are_refused_as_busy) {
    start();
    ASSERT_TRUE(flush());
    SQLite::Database other(options.path, SQLite::OPEN_READWRITE);
    other.exec("BEGIN EXCLUSIVE");
    int cleared = 0;
    auto ask = [&]() -> awaitable<void> {
        const auto answer = co_await service->clear(Deadline::after(seconds(30)));
        EXPECT_TRUE(answer.has_value()) << answer.error().message;
        ++cleared;
    };
    TaskGroup group(loop.get_executor());
    for (std::size_t i = 0; i < ActivityQueue::kMaxJobs; ++i)
        group.spawn(ask(), "ask");
    loop.restart();
    loop.poll();
    const auto refused = page();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::busy);
    other.exec("COMMIT");
    auto join = [&]() -> awaitable<bool> {
        co_await group.join();
        co_return true;
    };
    EXPECT_TRUE(wait_for(loop, join()));
    EXPECT_EQ(cleared, static_cast<int>(ActivityQueue::kMaxJobs));
    EXPECT_EQ(total(), 0);
}

TEST_F(ServiceTest, a_cancelled_caller_leaves_nothing_behind) {
    start();
    ASSERT_TRUE(flush());
    {
        SQLite::Database other(options.path, SQLite::OPEN_READWRITE);
        other.exec("BEGIN EXCLUSIVE");
        bool answered = false;
        auto ask = [&]() -> awaitable<void> {
            co_await service->clear(Deadline::after(seconds(30)));
            answered = true;
            co_await service->clear(Deadline::after(seconds(30)));  // throws, and asks nothing
            ADD_FAILURE();
        };
        TaskGroup group(loop.get_executor());
        for (int i = 0; i < 60; ++i)
            group.spawn(ask(), "ask");
        loop.restart();
        loop.poll();
        group.cancel();
        loop.restart();
        loop.poll();
        EXPECT_EQ(group.size(), 0U);
        other.exec("COMMIT");
    }
    // The places of the abandoned questions are free again.
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(total(), 0);
}

TEST_F(ServiceTest, an_expired_deadline_is_a_timeout) {
    start();
    ASSERT_TRUE(flush());
    const auto late = page({}, Deadline(Clock::now()));
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().code, errc::timeout);
}

TEST_F(ServiceTest, old_rows_go_at_the_start) {
    options.retention_days = 0;
    start();
    for (int i = 0; i < 3000; ++i) {
        ActivityRecord r = simple_record();
        r.unix_ms = unix_ms_now() - (i < 2000 ? 31 : 29) * 86'400'000LL;
        service->log().record(r);
    }
    service.reset();
    options.retention_days = 30;
    start();
    std::int64_t left = 3000;
    const auto deadline = Deadline::after(seconds(30));  // sooner than the next look of every minute
    while (left != 1000 && !deadline.expired())
        left = total();
    EXPECT_EQ(left, 1000);
}

TEST_F(ServiceTest, the_file_stays_within_its_size) {
    options.max_bytes = 4 << 20;
    start();
    for (int i = 0; i < 20; ++i) {
        record(3000);
        ASSERT_TRUE(flush());
    }
    const auto deadline = Deadline::after(seconds(30));  // sooner than the next look of every minute
    auto size = test::bytes_on_disk(options.path);
    for (; size > 4U << 20 && !deadline.expired(); size = test::bytes_on_disk(options.path))
        total();
    EXPECT_LE(size, 4U << 20);
    const auto newest = page();
    EXPECT_GT(newest->total, 1000);
    EXPECT_LT(newest->total, 60'000);
    EXPECT_EQ(newest->entries.front().sequence, 60'000);
}

TEST_F(ServiceTest, two_daemons_share_a_database) {
    start();
    ActivityOptions others = options;
    others.epoch = 78;
    ActivityService other(loop.get_executor(), others);
    for (int round = 0; round < 10; ++round) {
        record(500);
        for (int i = 0; i < 500; ++i)
            other.log().record(simple_record());
        service->log().hand_over();
        other.log().hand_over();
    }
    EXPECT_TRUE(flush());
    EXPECT_TRUE(wait_for(loop, other.flush(Deadline::after(seconds(30)))));
    EXPECT_EQ(total(), 10'000);
    std::set<std::pair<std::int64_t, std::int64_t>> keys;
    ActivityQuery q;
    q.limit = 1000;
    for (; q.offset < 10'000; q.offset += 1000) {
        const auto got = page(q);
        for (const auto& e : got->entries)
            keys.emplace(e.epoch, e.sequence);
    }
    EXPECT_EQ(keys.size(), 10'000U);
}

TEST_F(ServiceTest, run_commits_without_a_flush) {
    options.batch = Duration(5);
    start();
    TaskGroup group(loop.get_executor());
    group.spawn(service->log().run(), "activity log");
    record(3);
    const auto deadline = Deadline::after(seconds(30));  // sooner than the next look of every minute
    while (service->counters().committed != 3 && !deadline.expired())
        loop.run_one_for(Duration(10));
    EXPECT_EQ(service->counters().committed, 3);
    group.cancel();
    while (group.size() != 0 && !deadline.expired())
        loop.run_one_for(Duration(10));
    EXPECT_EQ(group.size(), 0U);
}

}  // namespace
}  // namespace agenthub
