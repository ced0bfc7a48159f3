// Free blocks of memory by size, in front of malloc. A call allocates some twenty coroutine frames; with many calls
// under way at once they outnumber what glibc keeps at hand (seven blocks of a size), and its slow paths cost more than
// the rest of the frame's life.
// Owned by one thread.

#pragma once

#include <malloc.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace agenthub {

// Every block is one of malloc's, so that blocks may be freed in another thread than the one that took them, and by
// free() itself.
class BlockCache {
public:
    static constexpr std::size_t kStep = 32;
    static constexpr std::size_t kLargest = 2048;        // bytes; larger blocks pass by
    static constexpr std::size_t kPerSize = 256 * 1024;  // bytes kept of one size at most: 256 calls' largest frames

    // A block of at least `size` bytes that is kept here; null when there is none.
    void* take(std::size_t size) noexcept {
        const std::size_t steps = (size + kStep - 1) / kStep;
        Block* const block = steps < kSizes ? first_[steps] : nullptr;
        if (block == nullptr)
            return nullptr;
        first_[steps] = block->next;
        --kept_[steps];
        return block;
    }

    // What is asked of malloc for a block of `size` bytes, so that it is fit to be kept later.
    static constexpr std::size_t room_for(std::size_t size) noexcept {
        if (size > kLargest)  // rounding a size near the largest number up would make it 0
            return size;
        return size == 0 ? kStep : (size + kStep - 1) / kStep * kStep;
    }
    // A new block of at least `size` bytes; null when there is no memory.
    static void* make(std::size_t size) noexcept { return std::malloc(room_for(size)); }

    // `block` is from malloc or from any cache, or null.
    void give(void* block) noexcept {
        if (block == nullptr)
            return;
        const std::size_t steps = ::malloc_usable_size(block) / kStep;
        if (steps == 0 || steps >= kSizes || (kept_[steps] + 1u) * steps * kStep > limit_)
            return std::free(block);
        first_[steps] = new (block) Block{first_[steps]};
        ++kept_[steps];
    }

    // Gives everything back; nothing is kept from then on. For the end of the thread.
    void close() noexcept {
        limit_ = 0;
        for (Block*& first : first_) {
            while (first != nullptr) {
                Block* const next = first->next;
                std::free(first);
                first = next;
            }
        }
        kept_ = {};
    }

private:
    struct Block {
        Block* next;
    };
    static constexpr std::size_t kSizes = kLargest / kStep + 1;

    std::array<Block*, kSizes> first_{};
    std::array<std::uint32_t, kSizes> kept_{};
    std::size_t limit_ = kPerSize;
};

}  // namespace agenthub
