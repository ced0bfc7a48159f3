// The meaning of a prompt as a vector of length one, so that the cosine of two is their dot product.
// Pure functions.

#pragma once

#include <vector>

namespace agenthub {

// Scales the vector to length one. False when it has no direction: it is empty, zero, or not of finite numbers.
bool normalise(std::vector<float>& vector) noexcept;

// The cosine of two vectors of length one; -1 when they are not of one kind (their sizes differ, or are 0).
double cosine(const std::vector<float>& a, const std::vector<float>& b) noexcept;

}  // namespace agenthub
