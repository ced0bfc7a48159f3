// Random bytes that nobody can guess.
// A function without state.

#pragma once

#include <cstddef>

namespace agenthub {

// Fills `bytes` bytes from the kernel's generator, getrandom(2): OpenSSL's own takes milliseconds to begin, which a
// daemon that starts does not have. Throws std::runtime_error when the system has none.
void fill_random(void* out, std::size_t bytes);

}  // namespace agenthub
