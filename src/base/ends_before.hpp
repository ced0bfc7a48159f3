// Running a coroutine until something else happens.
// A function.

#pragma once

#include "base/async.hpp"
#include "base/event.hpp"

namespace agenthub {

// Runs the coroutine until it ends or `stop` is notified; then it is cancelled. True when it ended by itself.
awaitable<bool> ends_before(awaitable<void> task, Event& stop);

}  // namespace agenthub
