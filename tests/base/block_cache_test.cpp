#include "base/block_cache.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <vector>

namespace agenthub {
namespace {

TEST(BlockCache, gives_a_block_of_the_same_size_again) {
    BlockCache cache;
    EXPECT_EQ(cache.take(100), nullptr) << "nothing is kept yet";
    void* const block = BlockCache::make(100);
    std::memset(block, 1, 100);
    cache.give(block);
    EXPECT_EQ(cache.take(200), nullptr) << "too small for that";
    EXPECT_EQ(cache.take(64), nullptr) << "too large for that";
    EXPECT_EQ(cache.take(97), block);
    EXPECT_EQ(cache.take(100), nullptr) << "it was the only one";
    std::free(block);
}

TEST(BlockCache, makes_blocks_that_hold_what_was_asked_for) {
    BlockCache cache;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{64}, std::size_t{65},
                                   BlockCache::kLargest, BlockCache::kLargest + 1, std::size_t{100'000}}) {
        void* const block = BlockCache::make(size);
        ASSERT_NE(block, nullptr);
        std::memset(block, 7, size);
        cache.give(block);
        void* const again = cache.take(size);
        EXPECT_EQ(again != nullptr, size > 0 && size <= BlockCache::kLargest) << size;
        cache.give(again);
    }
    cache.close();
}

// Of a size that nobody can have, a block that is smaller must not be made.
TEST(BlockCache, rounds_up_what_is_kept_and_nothing_else) {
    EXPECT_EQ(BlockCache::room_for(0), 32u);
    EXPECT_EQ(BlockCache::room_for(32), 32u);
    EXPECT_EQ(BlockCache::room_for(33), 64u);
    EXPECT_EQ(BlockCache::room_for(BlockCache::kLargest), BlockCache::kLargest);
    EXPECT_EQ(BlockCache::room_for(BlockCache::kLargest + 1), BlockCache::kLargest + 1);
    for (std::size_t less = 0; less <= BlockCache::kStep; ++less) {
        const std::size_t size = std::numeric_limits<std::size_t>::max() - less;
        EXPECT_EQ(BlockCache::room_for(size), size);
        EXPECT_EQ(BlockCache().take(size), nullptr);
    }
}

// Whoever made it, it is malloc's: what another thread or a library took may be kept, and is as large as it says.
TEST(BlockCache, takes_any_block_of_malloc) {
    BlockCache cache;
    cache.give(nullptr);
    cache.give(std::malloc(10));  // smaller than the smallest that is kept
    void* const odd = std::malloc(130);
    cache.give(odd);
    void* const again = cache.take(128);
    EXPECT_EQ(again, odd);
    std::free(again);
}

TEST(BlockCache, keeps_so_much_of_each_size_and_no_more) {
    BlockCache cache;
    constexpr std::size_t kFits = BlockCache::kPerSize / 1024;
    std::vector<void*> blocks;
    for (std::size_t i = 0; i < kFits + 1; ++i)
        blocks.push_back(BlockCache::make(1024));
    for (void* block : blocks)
        cache.give(block);
    std::size_t kept = 0;
    while (void* const block = cache.take(1024)) {
        std::free(block);
        ++kept;
    }
    EXPECT_EQ(kept, kFits);
}

TEST(BlockCache, keeps_nothing_once_it_is_closed) {
    BlockCache cache;
    cache.give(BlockCache::make(64));
    cache.close();
    EXPECT_EQ(cache.take(64), nullptr);
    cache.give(BlockCache::make(64));
    EXPECT_EQ(cache.take(64), nullptr);
}

}  // namespace
}  // namespace agenthub
