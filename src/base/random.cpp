// Asking the kernel for random bytes.
// A function without state.

#include "base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <stdexcept>

namespace agenthub {

// Pieces of up to 256 bytes come whole, longer ones may not.
void fill_random(void* out, std::size_t bytes) {
    auto* at = static_cast<unsigned char*>(out);
    while (bytes > 0) {
        const ssize_t n = ::getrandom(at, bytes, 0);
        if (n < 0 && errno != EINTR)
            throw std::runtime_error("the system's random number generator failed");
        if (n > 0) {
            at += n;
            bytes -= static_cast<std::size_t>(n);
        }
    }
}

}  // namespace agenthub
