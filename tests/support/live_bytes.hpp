// How many bytes of the heap are in use, to see what a part of the program gives back.
// A pure question.

#pragma once

#include <malloc.h>

#include <cstddef>

// Of the sanitizers' own heap, where there is one.
extern "C" [[gnu::weak]] std::size_t __sanitizer_get_current_allocated_bytes();

namespace agenthub::test {

inline std::size_t live_bytes() {
    if (&::__sanitizer_get_current_allocated_bytes != nullptr)
        return ::__sanitizer_get_current_allocated_bytes();
    const auto heap = ::mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

}  // namespace agenthub::test
