#include "base/give_back.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace agenthub {
namespace {

TEST(GiveBack, leaves_no_memory_with_the_container) {
    std::string text(100'000, 'x');
    give_back(text);
    EXPECT_TRUE(text.empty());
    EXPECT_LT(text.capacity(), 100U);
    std::vector<int> numbers(1000);
    give_back(numbers);
    EXPECT_EQ(numbers.capacity(), 0U);
}

}  // namespace
}  // namespace agenthub
