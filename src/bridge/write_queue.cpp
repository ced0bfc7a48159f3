// What waits to be written to a server's stdin.
// Owned by one bridge.

#include "bridge/write_queue.hpp"

#include <utility>

#include "base/give_back.hpp"

namespace agenthub {
namespace {

// Two buffers of this size are kept between bursts; larger ones are given back.
constexpr std::size_t kKept = 64 * 1024;

}  // namespace

std::string_view WriteQueue::take() {
    if (writing_.capacity() > kKept)
        give_back(writing_);
    writing_.clear();
    std::swap(writing_, open_);
    return writing_;
}

}  // namespace agenthub
