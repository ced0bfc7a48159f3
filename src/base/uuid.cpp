// Random identifiers.
// Values; no ownership.

#include "base/uuid.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "base/random.hpp"

namespace agenthub {
namespace {

constexpr char kHex[] = "0123456789abcdef";

constexpr auto kHexPairs = [] {
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t i = 0; i < pairs.size(); ++i)
        pairs[i] = {kHex[i >> 4], kHex[i & 15]};
    return pairs;
}();

}  // namespace

RequestIds::RequestIds() : state_{} {
    fill_random(state_.data(), sizeof state_);
}

Uuid RequestIds::next() noexcept {
    const auto step = [this] {
        const std::uint64_t out = std::rotl(state_[1] * 5, 7) * 9;
        const std::uint64_t t = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = std::rotl(state_[3], 45);
        return out;
    };
    const std::uint64_t high = (step() & ~0xF000ULL) | 0x4000ULL;       // version 4
    const std::uint64_t low = (step() & ~(3ULL << 62)) | (2ULL << 62);  // variant 10
    Uuid id;
    char* at = id.text.data();
    const auto put = [&at](std::uint64_t half, int bytes) {
        for (int i = 0; i < bytes; ++i, half <<= 8, at += 2)
            std::memcpy(at, kHexPairs[half >> 56].data(), 2);
    };
    const auto dash = [&at] { *at++ = '-'; };
    put(high, 4);
    dash();
    put(high << 32, 2);
    dash();
    put(high << 48, 2);
    dash();
    put(low, 2);
    dash();
    put(low << 16, 6);
    return id;
}

std::string random_hex(std::size_t bytes) {
    std::vector<unsigned char> raw(bytes);
    fill_random(raw.data(), raw.size());
    std::string text;
    text.reserve(bytes * 2);
    for (const unsigned char b : raw) {
        text += kHex[b >> 4];
        text += kHex[b & 15];
    }
    return text;
}

HashKey random_hash_key() {
    HashKey key{};
    fill_random(key.data(), sizeof key);
    return key;
}

std::int64_t random_epoch() {
    std::int64_t value = 0;
    while (value == 0) {
        fill_random(&value, sizeof value);
        value &= INT64_MAX;
    }
    return value;
}

}  // namespace agenthub
