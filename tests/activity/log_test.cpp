#include "activity/log.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/activity/activity_support.hpp"

namespace agenthub {
namespace {

using test::simple_record;

// The log with a writer that commits when the test says so.
struct LogTest : testing::Test {
    asio::io_context loop;
    ActivityQueue queue;

    ActivityOptions options_for(std::size_t limit) {
        ActivityOptions options;
        options.queue = limit;
        options.batch = Duration(5);
        return options;
    }
    std::vector<BlockPtr> take() {
        std::vector<BlockPtr> blocks;
        queue.take_blocks(blocks);
        return blocks;
    }
    static std::vector<std::string> outcomes(const std::vector<BlockPtr>& blocks) {
        std::vector<std::string> out;
        for (const auto& block : blocks)
            block->for_each([&](const BlockRecord& r) { out.emplace_back(to_string(r.record.outcome)); });
        return out;
    }
    static std::int64_t count(const std::vector<BlockPtr>& blocks) {
        return static_cast<std::int64_t>(outcomes(blocks).size());
    }
    void commit(std::vector<BlockPtr>& blocks) { queue.settle(blocks, blocks.size(), true); }
};

TEST_F(LogTest, numbers_records_from_one_without_gaps) {
    ActivityLog log(loop.get_executor(), queue, options_for(100'000));
    for (int i = 0; i < 10'000; ++i)
        log.record(simple_record());
    log.hand_over();
    std::int64_t expected = 0;
    for (const auto& block : take())
        block->for_each([&](const BlockRecord& r) { EXPECT_EQ(r.sequence, ++expected); });
    EXPECT_EQ(expected, 10'000);
    EXPECT_EQ(log.recorded(), 10'000);
    EXPECT_EQ(log.dropped(), 0);
}

TEST_F(LogTest, a_queue_of_nothing_keeps_and_counts_nothing) {
    ActivityLog log(loop.get_executor(), queue, options_for(0));
    EXPECT_TRUE(log.is_off());
    EXPECT_EQ(log.record(ActivityRecord()), 0);
    EXPECT_EQ(log.recorded(), 0);
    EXPECT_EQ(log.dropped(), 0);
    ActivityLog one(loop.get_executor(), queue, options_for(1));
    EXPECT_FALSE(one.is_off());
    EXPECT_EQ(one.record(ActivityRecord()), 1);
}

TEST_F(LogTest, takes_as_many_records_as_the_queue_and_drops_the_one_over) {
    ActivityLog log(loop.get_executor(), queue, options_for(500));
    for (int i = 0; i < 500; ++i)
        log.record(simple_record());
    EXPECT_EQ(log.dropped(), 0);
    log.record(simple_record());
    EXPECT_EQ(log.dropped(), 1);
    log.hand_over();
    EXPECT_EQ(count(take()), 500);
}

TEST_F(LogTest, tells_how_many_were_lost_when_there_is_room_again) {
    ActivityLog log(loop.get_executor(), queue, options_for(10));
    for (int i = 0; i < 13; ++i)
        log.record(simple_record());
    log.hand_over();
    auto blocks = take();
    EXPECT_EQ(count(blocks), 10);
    commit(blocks);

    log.record(simple_record());
    log.hand_over();
    blocks = take();
    EXPECT_EQ(outcomes(blocks), (std::vector<std::string>{"overflow", "ok"}));
    std::string text;
    std::int64_t sequence = 0;
    blocks.front()->for_each([&](const BlockRecord& r) {
        if (r.record.outcome == Outcome::overflow) {
            text = r.record.error_text;
            sequence = r.sequence;
        }
    });
    EXPECT_TRUE(text.starts_with("3 records were lost")) << text;
    EXPECT_EQ(sequence, 11);
    EXPECT_EQ(log.dropped(), 3);
    EXPECT_EQ(log.accepted(), 12);
}

TEST_F(LogTest, the_overflow_row_itself_respects_the_limit) {
    ActivityLog log(loop.get_executor(), queue, options_for(1));
    log.record(simple_record());
    log.record(simple_record());  // lost
    log.hand_over();
    auto blocks = take();
    commit(blocks);
    log.record(simple_record());  // the overflow row takes the only place
    log.hand_over();
    blocks = take();
    EXPECT_EQ(outcomes(blocks), std::vector<std::string>{"overflow"});
    EXPECT_EQ(log.dropped(), 2);
}

TEST_F(LogTest, counts_what_the_writer_gave_up_as_lost) {
    ActivityLog log(loop.get_executor(), queue, options_for(100));
    log.record(simple_record());
    log.hand_over();
    auto blocks = take();
    queue.settle(blocks, blocks.size(), false);
    log.record(simple_record());
    log.hand_over();  // learns of it
    log.record(simple_record());
    EXPECT_EQ(log.dropped(), 1);
    log.hand_over();
    EXPECT_EQ(outcomes(take()), (std::vector<std::string>{"ok", "overflow", "ok"}));
}

TEST_F(LogTest, bounds_the_bytes_of_long_records_too) {
    ActivityLog log(loop.get_executor(), queue, options_for(1000));
    const std::string text(1000, 'x');
    ActivityRecord record = simple_record();
    for (auto* field : {&record.client_id, &record.path, &record.mcp_method, &record.server, &record.tool,
                        &record.session, &record.error_text})
        *field = text;
    for (int i = 0; i < 1000; ++i)
        log.record(record);
    log.hand_over();
    // 1 KiB for each of 1000 records, and two blocks to work with.
    EXPECT_EQ(take().size(), 17U);
    EXPECT_GT(log.dropped(), 0);
}

TEST_F(LogTest, hands_over_a_full_batch_without_a_timer) {
    ActivityLog log(loop.get_executor(), queue, options_for(100'000));
    std::vector<BlockPtr> blocks;
    int records = 0;
    for (; blocks.empty() && records < 100'000; ++records) {
        log.record(simple_record());
        queue.take_blocks(blocks);
    }
    EXPECT_EQ(blocks.size(), 16U);
}

// Steps the loop until the condition holds; the timers of run() are what is waited for.
template <class F>
bool step_until(asio::io_context& loop, F condition) {
    const auto deadline = Deadline::after(std::chrono::seconds(60));
    while (!condition() && !deadline.expired())
        loop.run_one_for(std::chrono::seconds(1));
    return condition();
}

TEST_F(LogTest, run_hands_over_after_the_batch_time) {
    ActivityLog log(loop.get_executor(), queue, options_for(1000));
    TaskGroup group(loop.get_executor());
    group.spawn(log.run(), "activity log");
    for (const int records : {1, 3}) {
        for (int i = 0; i < records; ++i)
            log.record(simple_record());
        std::vector<BlockPtr> blocks;
        EXPECT_TRUE(step_until(loop, [&] {
            queue.take_blocks(blocks);
            return !blocks.empty();
        }));
        EXPECT_EQ(count(blocks), records);
        commit(blocks);
    }
    group.cancel();
    EXPECT_TRUE(step_until(loop, [&] { return group.size() == 0; }));
}

TEST_F(LogTest, run_lets_the_batch_grow_while_the_writer_is_busy) {
    ActivityLog log(loop.get_executor(), queue, options_for(1000));
    TaskGroup group(loop.get_executor());
    group.spawn(log.run(), "activity log");
    std::vector<BlockPtr> blocks;
    log.record(simple_record());
    EXPECT_TRUE(step_until(loop, [&] {
        queue.take_blocks(blocks);
        return !blocks.empty();
    }));
    // Not committed: what follows stays with the log, one tick after the other.
    log.record(simple_record());
    const auto until = Deadline::after(Duration(50));
    while (!until.expired())
        loop.run_one_for(Duration(5));
    EXPECT_EQ(count(take()), 0);
    commit(blocks);
    EXPECT_TRUE(step_until(loop, [&] {
        queue.take_blocks(blocks);
        return !blocks.empty();
    }));
    EXPECT_EQ(count(blocks), 1);
    group.cancel();
    EXPECT_TRUE(step_until(loop, [&] { return group.size() == 0; }));
}

TEST_F(LogTest, run_writes_the_overflow_row_when_no_further_record_comes) {
    ActivityLog log(loop.get_executor(), queue, options_for(2));
    TaskGroup group(loop.get_executor());
    group.spawn(log.run(), "activity log");
    for (int i = 0; i < 4; ++i)
        log.record(simple_record());
    std::vector<std::string> seen;
    EXPECT_TRUE(step_until(loop, [&] {
        auto blocks = take();
        for (const auto& outcome : outcomes(blocks))
            seen.push_back(outcome);
        commit(blocks);
        return seen.size() == 3;
    }));
    EXPECT_EQ(seen, (std::vector<std::string>{"ok", "ok", "overflow"}));
    group.cancel();
    EXPECT_TRUE(step_until(loop, [&] { return group.size() == 0; }));
}

}  // namespace
}  // namespace agenthub
