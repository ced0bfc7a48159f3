// Which rows of one segment of ids may have which request id: hashes with places, cut into slices, so that who looks
// for one id reads one slice of each segment. Pure; what it packs stays in files.

#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace agenthub {

inline constexpr int kSegmentBits = 14;  // of a row's id: its place within the segment
inline constexpr int kSliceBits = 6;     // of a hash, the upper ones: its slice of the segment

// FNV-1a of the request id as its row holds it.
std::uint32_t request_hash(std::string_view request_id) noexcept;

// The number under which a slice is stored: those of a segment follow each other, and segments do.
constexpr std::int64_t slice_number(std::int64_t segment, std::uint32_t hash) noexcept {
    return segment << kSliceBits | static_cast<std::int64_t>(hash >> (32 - kSliceBits));
}

class RequestKeys {
public:
    // The place is that within the segment; the upper bits of an id are ignored. In any order, and more than once.
    void add(std::int64_t id, std::string_view request_id);
    bool empty() const noexcept { return keys_.empty(); }
    void clear() noexcept { keys_.clear(); }
    // Lets go of the memory that clear() keeps for the next segment.
    void release() { std::vector<std::uint64_t>(keys_).swap(keys_); }

    // Calls f with the number of each slice of this segment that has keys, in order, and what is to be stored of it:
    // five bytes for each key, the lower bits of the hash and then the place, as a big-endian number; sorted.
    void pack(std::int64_t segment, const std::function<void(std::int64_t number, std::string_view packed)>& f);

private:
    std::vector<std::uint64_t> keys_;  // hash << kSegmentBits | place
};

// The places of the keys in a packed slice that have this hash, highest first.
std::vector<std::int64_t> places_of(std::string_view packed, std::uint32_t hash);

}  // namespace agenthub
