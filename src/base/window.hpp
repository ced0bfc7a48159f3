// Many pieces of work of which only so many run at a time.
// A function; beside TaskGroup, which alone starts coroutines.

#pragma once

#include <cstddef>
#include <functional>

#include "base/async.hpp"

namespace agenthub {

// Makes the coroutine of one piece; a function that is no coroutine itself.
using WindowWork = std::function<awaitable<void>(std::size_t index)>;

// Runs work(0) … work(count - 1), begun in this order and at most `width` at a time: the next one begins when any ends,
// so a slow one delays nobody but itself. Returns when all have ended; cancelled, it ends all of them first. What the
// pieces throw is rethrown at the end, the first one's. `work` outlives the call.
awaitable<void> run_window(std::size_t count, std::size_t width, const WindowWork& work);

}  // namespace agenthub
