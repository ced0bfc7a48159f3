// Setting malloc's thresholds.
// No ownership.

#include "base/large_blocks.hpp"

#include <malloc.h>

namespace agenthub {

void keep_large_blocks() noexcept {
#ifdef __GLIBC__
    ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(kHeapBlock));
    ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(kKeptHeap));
#endif
}

}  // namespace agenthub
