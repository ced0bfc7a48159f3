// Giving back what a container holds.
// No ownership.

#pragma once

namespace agenthub {

// Empties the container and frees its memory. Assigning an empty one does not: a string keeps its buffer when a short
// one is assigned, a vector when {} is.
template <class Container>
void give_back(Container& container) noexcept {
    Container().swap(container);
}

}  // namespace agenthub
