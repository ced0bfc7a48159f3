// Random identifiers: request ids (fast, unique) and secrets such as session ids (unguessable).
// Loop thread only for RequestIds; the others from any thread.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/keyed_hash.hpp"

namespace agenthub {

// A version 4 UUID as text, 36 characters (RFC 9562 section 5.4), without allocation.
struct Uuid {
    std::array<char, 36> text{};
    std::string_view view() const noexcept { return {text.data(), text.size()}; }
};

// Makes request ids: unique, seeded from the kernel, but not a secret.
class RequestIds {
public:
    RequestIds();
    Uuid next() noexcept;

private:
    std::array<std::uint64_t, 4> state_;  // xoshiro256**
};

// `bytes` bytes of the kernel's randomness as lower-case hex. Unguessable: for session ids and secrets.
std::string random_hex(std::size_t bytes);

// A key for keyed_hash().
HashKey random_hash_key();

// A random 63-bit number, never 0: the epoch of one run of the daemon.
std::int64_t random_epoch();

}  // namespace agenthub
