// Two coroutines of which only the first to end counts.
// A function; beside TaskGroup, which alone starts coroutines.

#pragma once

#include "base/async.hpp"

namespace agenthub {

// Runs both until the first of them ends, then cancels the other and waits for its end. True when that was `task`.
// Rethrows what `task` throws.
awaitable<bool> ends_before(awaitable<void> task, awaitable<void> other);

}  // namespace agenthub
