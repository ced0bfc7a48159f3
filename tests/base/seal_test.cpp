#include "base/seal.hpp"

#include <gtest/gtest.h>

#include "base/base64.hpp"

namespace agenthub {
namespace {

TEST(Seal, opens_what_it_has_closed) {
    const Seal seal;
    for (const std::string& plain : {std::string(), std::string("state"), std::string(100'000, '\xFF')}) {
        const std::string token = seal.seal(plain, "alice");
        EXPECT_EQ(seal.open(token, "alice"), plain);
        EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                  std::string::npos);
    }
    EXPECT_EQ(seal.open(seal.seal("x", ""), ""), "x");
}

TEST(Seal, never_makes_the_same_token_twice) {
    const Seal seal;
    EXPECT_NE(seal.seal("state", "alice"), seal.seal("state", "alice"));
    EXPECT_EQ(seal.seal("state", "alice").find("state"), std::string::npos);
}

TEST(Seal, is_bound_to_what_it_was_made_for) {
    const Seal seal;
    const std::string token = seal.seal("state", "alice");
    for (const char* other : {"", "bob", "alice ", "Alice"})
        EXPECT_FALSE(seal.open(token, other)) << other;
}

TEST(Seal, any_changed_bit_is_noticed) {
    const Seal seal;
    const std::string bytes = *from_base64url(seal.seal("state", "alice"));
    for (std::size_t i = 0; i < bytes.size(); ++i)
        for (int bit = 0; bit < 8; ++bit) {
            std::string changed = bytes;
            changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
            EXPECT_FALSE(seal.open(to_base64url(changed), "alice")) << i << "/" << bit;
        }
}

TEST(Seal, any_cut_or_addition_is_noticed) {
    const Seal seal;
    const std::string token = seal.seal("state", "alice");
    for (std::size_t size = 0; size < token.size(); ++size)
        EXPECT_FALSE(seal.open(std::string_view(token).substr(0, size), "alice")) << size;
    for (const char* more : {"A", "AAAA", "-TAMPERED", "=", " "})
        EXPECT_FALSE(seal.open(token + more, "alice")) << more;
    EXPECT_FALSE(seal.open("A" + token, "alice"));
    const std::string bytes = *from_base64url(token);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(seal.open(to_base64url(bytes.substr(0, size)), "alice")) << size;
}

TEST(Seal, another_seal_cannot_open_it) {
    const Seal seal;
    const Seal other;
    EXPECT_FALSE(other.open(seal.seal("state", "alice"), "alice"));
    EXPECT_FALSE(seal.open("", "alice"));
    EXPECT_FALSE(seal.open("not base64!", "alice"));
}

}  // namespace
}  // namespace agenthub
