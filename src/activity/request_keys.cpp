// Packing the keys of request ids, and looking one up.
// Pure functions.

#include "activity/request_keys.hpp"

#include <algorithm>
#include <string>

namespace agenthub {
namespace {

constexpr int kKeyBits = 32 + kSegmentBits;
constexpr int kPackedBits = kKeyBits - kSliceBits;  // the slice says the others
constexpr std::size_t kPackedBytes = kPackedBits / 8;
static_assert(kPackedBits % 8 == 0);

constexpr std::uint64_t low_bits(std::uint64_t value, int bits) {
    return value & ((std::uint64_t{1} << bits) - 1);
}

void put(std::string& out, std::uint64_t key) {
    for (std::size_t i = kPackedBytes; i-- > 0;)
        out += static_cast<char>(key >> (8 * i));
}

std::uint64_t get(std::string_view packed, std::size_t at) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < kPackedBytes; ++i)
        key = key << 8 | static_cast<unsigned char>(packed[at * kPackedBytes + i]);
    return key;
}

}  // namespace

std::uint32_t request_hash(std::string_view request_id) noexcept {
    std::uint32_t hash = 2166136261U;
    for (const char c : request_id)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash;
}

void RequestKeys::add(std::int64_t id, std::string_view request_id) {
    const auto place = low_bits(static_cast<std::uint64_t>(id), kSegmentBits);
    keys_.push_back(std::uint64_t{request_hash(request_id)} << kSegmentBits | place);
}

void RequestKeys::pack(std::int64_t segment, const std::function<void(std::int64_t, std::string_view)>& f) {
    std::sort(keys_.begin(), keys_.end());
    std::string packed;
    for (auto at = keys_.begin(); at != keys_.end();) {
        const std::uint64_t slice = *at >> kPackedBits;
        packed.clear();
        for (; at != keys_.end() && *at >> kPackedBits == slice; ++at)
            put(packed, low_bits(*at, kPackedBits));
        f(segment << kSliceBits | static_cast<std::int64_t>(slice), packed);
    }
}

std::vector<std::int64_t> places_of(std::string_view packed, std::uint32_t hash) {
    const std::uint64_t wanted = low_bits(hash, 32 - kSliceBits);
    std::vector<std::int64_t> places;
    // Keys are spread evenly, so there are few: a search in halves would look at as much memory.
    for (std::size_t at = packed.size() / kPackedBytes; at-- > 0;) {
        const std::uint64_t key = get(packed, at);
        if (key >> kSegmentBits == wanted)
            places.push_back(static_cast<std::int64_t>(low_bits(key, kSegmentBits)));
    }
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
}

}  // namespace agenthub
