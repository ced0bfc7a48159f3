// Blocks go round between the log and the writer.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "activity/log.hpp"
#include "tests/activity/activity_support.hpp"

namespace agenthub {
namespace {

using test::simple_record;

// The log with a writer that commits when the test says so.
struct LogBlocks : testing::Test {
    asio::io_context loop;
    ActivityQueue queue;

    static ActivityOptions options_for(std::size_t limit) {
        ActivityOptions options;
        options.queue = limit;
        return options;
    }
    std::vector<BlockPtr> take() {
        std::vector<BlockPtr> blocks;
        queue.take_blocks(blocks);
        return blocks;
    }
    void commit(std::vector<BlockPtr>& blocks) { queue.settle(blocks, blocks.size(), true); }
};

TEST_F(LogBlocks, reuses_the_blocks_that_come_back) {
    ActivityLog log(loop.get_executor(), queue, options_for(1000));
    log.record(simple_record());
    log.hand_over();
    auto blocks = take();
    const auto* first = blocks.front().get();
    commit(blocks);
    log.record(simple_record());  // takes the empty block back
    log.hand_over();
    log.record(simple_record());
    log.hand_over();
    blocks = take();
    EXPECT_EQ(blocks.front().get(), first);
}

// Batches of changing size under a load that never pauses: no more blocks than the largest two of them take.
TEST_F(LogBlocks, takes_the_blocks_of_past_batches_again) {
    ActivityLog log(loop.get_executor(), queue, options_for(100'000));
    std::size_t largest = 0;
    for (int batch = 0; batch < 200; ++batch) {
        for (int i = 0; i < (batch % 2 == 0 ? 300 : 3000); ++i)
            log.record(simple_record());
        log.hand_over();
        auto blocks = take();
        largest = std::max(largest, blocks.size());
        commit(blocks);
    }
    std::vector<BlockPtr> given_back;
    queue.take_empty(given_back, 10'000);
    EXPECT_GE(largest, 8U);
    EXPECT_LE(given_back.size(), 2 * largest);
}

// One by one, as whoever asks for a page or waits for a commit has them handed over: their memory is bounded by what is
// in them, not by how often that was.
TEST_F(LogBlocks, handed_over_one_by_one_as_many_wait_as_the_limit_allows_and_one_over_is_dropped) {
    ActivityLog log(loop.get_executor(), queue, options_for(300));
    for (int i = 0; i < 300; ++i) {
        log.record(simple_record());
        log.hand_over();
    }
    EXPECT_EQ(log.dropped(), 0);
    EXPECT_LE(queue.progress().blocks_held, 6U);
    log.record(simple_record());
    EXPECT_EQ(log.dropped(), 1);
    std::int64_t sequence = 0;
    for (const auto& block : take())
        block->for_each([&](const BlockRecord& r) { EXPECT_EQ(r.sequence, ++sequence); });
    EXPECT_EQ(sequence, 300);
}

// The same when the writer takes each at once and cannot write it.
TEST_F(LogBlocks, a_writer_that_is_held_up_gathers_them) {
    ActivityLog log(loop.get_executor(), queue, options_for(300));
    std::vector<BlockPtr> held;
    for (int i = 0; i < 300; ++i) {
        log.record(simple_record());
        log.hand_over();
        queue.take_blocks(held);
    }
    EXPECT_EQ(log.dropped(), 0);
    ASSERT_GE(held.size(), 2U);
    EXPECT_EQ(held.front()->count(), 1U) << "what is perhaps refused gets no others to take along";
    EXPECT_EQ(queue.progress().blocks_held, held.size());
    commit(held);
    EXPECT_EQ(queue.progress().blocks_held, 0U);
    EXPECT_EQ(queue.progress().committed, 300);
}

}  // namespace
}  // namespace agenthub
