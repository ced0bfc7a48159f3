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

}  // namespace
}  // namespace agenthub
