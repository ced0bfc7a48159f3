// How malloc deals with the memory of large messages.
// No ownership.

#pragma once

#include <cstddef>

namespace agenthub {

// Blocks up to this size come from the heap and stay there for the next message.
inline constexpr std::size_t kHeapBlock = 4 << 20;
// Free memory at the end of the heap that is kept: until ActivityStore::release_memory() gives it back in a pause, or,
// with activity off, until a crowd of connections has gone (HttpListener).
inline constexpr std::size_t kKeptHeap = 16 << 20;

// By itself glibc maps each block of more than 128 KiB, until one that was mapped is freed in the usual way, and gives
// the end of the heap back whenever twice as much is free there. Whether a message of a mebibyte costs a thousand page
// faults is then a matter of chance, for as long as the daemon runs. To be called once, when the start is over, whose
// large blocks should go back at once. Does nothing with another libc.
void keep_large_blocks() noexcept;

}  // namespace agenthub
