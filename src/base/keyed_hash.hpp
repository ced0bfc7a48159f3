// A keyed hash of short texts: whoever has not the key cannot tell, or make, the hash of a text.
// Pure.

#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace agenthub {

using HashKey = std::array<std::uint64_t, 2>;

// SipHash-2-4 (Aumasson and Bernstein, 2012), the words of the key in little-endian order.
std::uint64_t keyed_hash(const HashKey& key, std::string_view text) noexcept;

}  // namespace agenthub
