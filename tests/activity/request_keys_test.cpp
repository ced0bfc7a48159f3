// The keys of request ids: what is packed is found again, and its format stays, since it lies in files.

#include "activity/request_keys.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace agenthub {
namespace {

constexpr std::int64_t kSegment = 7;
constexpr std::int64_t kRows = std::int64_t{1} << kSegmentBits;

std::map<std::int64_t, std::string> packed(RequestKeys& keys) {
    std::map<std::int64_t, std::string> out;
    keys.pack(kSegment, [&](std::int64_t number, std::string_view bytes) { out.emplace(number, bytes); });
    return out;
}

std::vector<std::int64_t> places(const std::map<std::int64_t, std::string>& slices, std::string_view request) {
    const auto hash = request_hash(request);
    const auto found = slices.find(slice_number(kSegment, hash));
    return found == slices.end() ? std::vector<std::int64_t>() : places_of(found->second, hash);
}

TEST(RequestKeys, each_of_a_whole_segment_is_found_at_its_place) {
    RequestKeys keys;
    for (std::int64_t place = kRows; place-- > 0;)
        keys.add(kSegment << kSegmentBits | place, "request-" + std::to_string(place));
    const auto slices = packed(keys);
    EXPECT_EQ(slices.size(), std::size_t{1} << kSliceBits);
    std::size_t bytes = 0;
    for (const auto& [number, slice] : slices)
        bytes += slice.size();
    EXPECT_EQ(bytes, 5U * kRows);
    for (std::int64_t place = 0; place < kRows; ++place)
        EXPECT_EQ(places(slices, "request-" + std::to_string(place)), std::vector<std::int64_t>{place});
    EXPECT_TRUE(places(slices, "another").empty());
}

TEST(RequestKeys, equal_ones_are_found_highest_first_and_once) {
    RequestKeys keys;
    for (const std::int64_t place : {3L, kRows - 1, 0L, 3L})
        keys.add(place, "same");
    EXPECT_EQ(places(packed(keys), "same"), (std::vector<std::int64_t>{kRows - 1, 3, 0}));
}

TEST(RequestKeys, of_equal_hashes_both_are_found) {
    // Two texts with one FNV-1a hash; the rows tell them apart.
    ASSERT_EQ(request_hash("costarring"), request_hash("liquid"));
    RequestKeys keys;
    keys.add(1, "costarring");
    keys.add(2, "liquid");
    EXPECT_EQ(places(packed(keys), "liquid"), (std::vector<std::int64_t>{2, 1}));
}

TEST(RequestKeys, have_a_format_that_stays) {
    RequestKeys keys;
    keys.add(0x3FFF, "a");  // of FNV-1a 0xE40C292C: slice 57, and 0x00C292C
    const auto slices = packed(keys);
    ASSERT_EQ(slices.size(), 1U);
    EXPECT_EQ(request_hash("a"), 0xE40C292CU);
    EXPECT_EQ(slices.begin()->first, kSegment << 6 | 57);
    EXPECT_EQ(slices.begin()->second, std::string("\x03\x0A\x4B\x3F\xFF", 5));
}

TEST(RequestKeys, begin_anew_after_a_clear) {
    RequestKeys keys;
    EXPECT_TRUE(keys.empty());
    keys.add(1, "a");
    EXPECT_FALSE(keys.empty());
    keys.clear();
    keys.release();
    EXPECT_TRUE(packed(keys).empty());
    EXPECT_TRUE(places_of("", 1).empty());
}

}  // namespace
}  // namespace agenthub
