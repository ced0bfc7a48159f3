// operator new and delete of the daemon, through a cache of blocks for each thread. Not linked into sanitized builds,
// whose own find more mistakes.
// No ownership.

#include <new>

#include "base/block_cache.hpp"

namespace {

// Without a destructor of its own: other objects of the thread are deleted until its very end.
constinit thread_local agenthub::BlockCache cache;

struct Closer {
    bool armed = false;
    ~Closer() { cache.close(); }
};
thread_local Closer closer;

[[gnu::noinline]] void* make(std::size_t size) {
    closer.armed = true;  // by the first block of each thread
    for (;;) {
        if (void* const block = agenthub::BlockCache::make(size))
            return block;
        const std::new_handler handler = std::get_new_handler();
        if (handler == nullptr)
            throw std::bad_alloc();
        handler();
    }
}

}  // namespace

void* operator new(std::size_t size) {
    void* const block = cache.take(size);
    return block != nullptr ? block : make(size);
}

void operator delete(void* block) noexcept {
    cache.give(block);
}

void operator delete(void* block, std::size_t) noexcept {
    cache.give(block);
}
