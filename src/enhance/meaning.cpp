// Arithmetic of embeddings.
// Pure functions.

#include "enhance/meaning.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace agenthub {
namespace {

// Sums that do not wait for each other: the compiler may keep them in one vector register without being allowed to
// reorder an addition.
constexpr std::size_t kLanes = 16;

float dot(const float* a, const float* b, std::size_t size) noexcept {
    std::array<float, kLanes> sums{};
    std::size_t at = 0;
    for (; at + kLanes <= size; at += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            sums[lane] += a[at + lane] * b[at + lane];
    float sum = 0;
    for (; at < size; ++at)
        sum += a[at] * b[at];
    for (const float part : sums)
        sum += part;
    return sum;
}

}  // namespace

bool normalise(std::vector<float>& vector) noexcept {
    double square = 0;
    for (const float x : vector)
        square += static_cast<double>(x) * static_cast<double>(x);
    const double length = std::sqrt(square);
    if (!std::isfinite(length) || length <= 0)
        return false;
    for (float& x : vector)
        x = static_cast<float>(x / length);
    return true;
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) noexcept {
    if (a.empty() || a.size() != b.size())
        return -1;
    return static_cast<double>(dot(a.data(), b.data(), a.size()));
}

}  // namespace agenthub
