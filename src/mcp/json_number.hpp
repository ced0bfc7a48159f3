// The grammar of JSON numbers (RFC 8259 section 6). In a header, and eight digits at a time, because arrays of numbers
// are what costs most per byte.
// Pure functions.

#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace agenthub::mcp {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// How many of the 8 bytes at `at` are digits before the first that is none.
inline std::size_t leading_digits(const char* at) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    word ^= 0x3030303030303030;  // digits become 0 to 9
    // The high bit of each byte that is more than 9. A carry out of one reaches only bytes behind it.
    const std::uint64_t others = ((word + 0x7676767676767676) | word) & 0x8080808080808080;
    return others == 0 ? 8 : static_cast<std::size_t>(std::countr_zero(others)) / 8;
}

// The first byte from `at` on that is no digit. `end`: how far may be read.
inline const char* skip_digits(const char* at, const char* end) noexcept {
    // A loop over single digits mispredicts its end on nearly every number.
    if constexpr (std::endian::native == std::endian::little) {
        while (end - at >= 8) {
            const std::size_t n = leading_digits(at);
            at += n;
            if (n < 8)
                return at;
        }
    }
    while (at != end && is_digit(*at))
        ++at;
    return at;
}

// Where the integer ends that begins at `at`; null when there is none.
inline const char* integer_end(const char* at, const char* end) noexcept {
    if (at != end && *at == '-')
        ++at;
    if (at == end || !is_digit(*at))
        return nullptr;
    return *at == '0' ? at + 1 : skip_digits(at + 1, end);
}

// True when the `size` bytes at `at` are an integer without sign; may be false for one of more than 8 digits. At least
// 8 bytes may be read.
inline bool is_short_integer(const char* at, std::size_t size) noexcept {
    if constexpr (std::endian::native != std::endian::little)
        return false;
    return leading_digits(at) == size && (size == 1 || (size < 8 && *at != '0'));
}

// Where the number ends that begins at `at`; null when there is none. `end`: how far may be read, not where it must
// end.
inline const char* number_end(const char* at, const char* end) noexcept {
    at = integer_end(at, end);
    if (at != nullptr && at != end && *at == '.') {
        const char* const digits = at + 1;
        at = skip_digits(digits, end);
        if (at == digits)
            return nullptr;
    }
    if (at != nullptr && at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        if (at != end && (*at == '+' || *at == '-'))
            ++at;
        const char* const digits = at;
        at = skip_digits(digits, end);
        if (at == digits)
            return nullptr;
    }
    return at;
}

}  // namespace agenthub::mcp
