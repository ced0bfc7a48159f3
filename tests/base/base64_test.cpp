#include "base/base64.hpp"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace agenthub {
namespace {

// RFC 4648 section 10.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kVectors{{{"", ""},
                                                                                 {"f", "Zg=="},
                                                                                 {"fo", "Zm8="},
                                                                                 {"foo", "Zm9v"},
                                                                                 {"foob", "Zm9vYg=="},
                                                                                 {"fooba", "Zm9vYmE="},
                                                                                 {"foobar", "Zm9vYmFy"}}};

TEST(Base64, knows_the_vectors_of_its_rfc) {
    for (const auto& [plain, encoded] : kVectors) {
        EXPECT_EQ(to_base64(plain), encoded);
        EXPECT_EQ(from_base64(encoded), plain);
        const std::string bare(encoded.substr(0, encoded.find('=')));
        EXPECT_EQ(to_base64url(plain), bare);
        EXPECT_EQ(from_base64url(bare), plain);
    }
}

TEST(Base64, carries_every_byte_in_either_alphabet) {
    std::string all;
    for (int i = 0; i < 256; ++i)
        all += static_cast<char>(i);
    EXPECT_EQ(from_base64(to_base64(all)), all);
    EXPECT_EQ(from_base64url(to_base64url(all)), all);
    EXPECT_EQ(to_base64("\xFF\xFF\xFE"), "///+");
    EXPECT_EQ(to_base64url("\xFF\xFF\xFE"), "___-");
}

TEST(Base64, refuses_what_it_would_not_write) {
    for (const char* text :
         {"Zg", "Zg=", "Zg===", "Z===", "=", "====", "Zh==", "Zm9=", "Zm 8=", "Zm8=\n", "Zm-_", "Zg==Zg==", "Z=g="})
        EXPECT_FALSE(from_base64(text)) << text;
    for (const char* text : {"Z", "Zg==", "Zh", "Zm9", "++++", "Zm8 ", "Zm9vY"})
        EXPECT_FALSE(from_base64url(text)) << text;
}

}  // namespace
}  // namespace agenthub
