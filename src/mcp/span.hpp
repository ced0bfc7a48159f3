// A piece of a text by position, so that it survives the text being moved.
// A value; owns nothing.

#pragma once

#include <cstdint>
#include <string_view>

namespace agenthub::mcp {

// Offsets are 32 bits: no message may exceed 4 GiB, and every limit is far below.
struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    constexpr bool empty() const noexcept { return begin == end; }
    constexpr std::uint32_t size() const noexcept { return end - begin; }
    constexpr std::string_view of(std::string_view text) const noexcept { return text.substr(begin, size()); }
};

}  // namespace agenthub::mcp
