#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace agenthub {
namespace {

TEST(FillRandom, fills_all_that_is_asked_for_and_nothing_more) {
    for (const std::size_t bytes : {0U, 1U, 32U, 256U, 257U, 100'000U}) {
        std::vector<unsigned char> zeros(bytes + 2, 0);
        // A byte is 0 in one of 256 fills.
        std::vector<bool> touched(bytes + 2, false);
        for (int round = 0; round < 32; ++round) {
            auto some = zeros;
            fill_random(some.data() + 1, bytes);
            for (std::size_t i = 0; i < some.size(); ++i)
                touched[i] = touched[i] || some[i] != 0;
        }
        EXPECT_FALSE(touched.front());
        EXPECT_FALSE(touched.back());
        EXPECT_EQ(static_cast<std::size_t>(std::count(touched.begin(), touched.end(), true)), bytes);
    }
}

}  // namespace
}  // namespace agenthub
