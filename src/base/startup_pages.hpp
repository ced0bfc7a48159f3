// The memory that only the start of the program needed.
// No ownership.

#pragma once

namespace agenthub {

// Takes the program's text and constants, its own and its libraries', out of the resident memory; what is used again
// comes back from the page cache when it is used. Most of both serves the start alone: reading the configuration,
// linking, opening databases. Does nothing under a debugger, whose breakpoints stand in the text.
void release_startup_pages() noexcept;

}  // namespace agenthub
