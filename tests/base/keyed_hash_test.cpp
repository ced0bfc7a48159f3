#include "base/keyed_hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace agenthub {
namespace {

// The key and the texts of the reference implementation: bytes 00, 01, 02, …
constexpr HashKey kKey{0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};

std::string counting(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
        text += static_cast<char>(i);
    return text;
}

TEST(KeyedHash, is_that_of_the_reference_implementation) {
    EXPECT_EQ(keyed_hash(kKey, counting(0)), 0x726fdb47dd0e0e31ULL);
    EXPECT_EQ(keyed_hash(kKey, counting(1)), 0x74f839c593dc67fdULL);
    EXPECT_EQ(keyed_hash(kKey, counting(7)), 0xab0200f58b01d137ULL);
    EXPECT_EQ(keyed_hash(kKey, counting(8)), 0x93f5f5799a932462ULL);
    EXPECT_EQ(keyed_hash(kKey, counting(15)), 0xa129ca6149be45e5ULL);
    EXPECT_EQ(keyed_hash(kKey, counting(63)), 0x958a324ceb064572ULL);
}

TEST(KeyedHash, is_another_with_another_key) {
    EXPECT_NE(keyed_hash(kKey, "text"), keyed_hash(HashKey{kKey[0] + 1, kKey[1]}, "text"));
    EXPECT_NE(keyed_hash(kKey, "text"), keyed_hash(HashKey{kKey[0], kKey[1] + 1}, "text"));
}

}  // namespace
}  // namespace agenthub
