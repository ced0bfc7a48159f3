// Running a coroutine until something else happens.
// A function.

#pragma once

#include "base/async.hpp"

namespace agenthub {

// Runs both until one of them ends; then the other is cancelled. True when it was `task` that ended first.
awaitable<bool> ends_before(awaitable<void> task, awaitable<void> until);

}  // namespace agenthub
