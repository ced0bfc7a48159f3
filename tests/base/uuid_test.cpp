#include "base/uuid.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace agenthub {
namespace {

TEST(RequestIds, are_version_4_uuids_and_distinct) {
    RequestIds ids;
    const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    std::set<std::string> seen;
    for (int i = 0; i < 10000; ++i) {
        const auto id = ids.next();
        ASSERT_TRUE(std::regex_match(std::string(id.view()), form)) << id.view();
        ASSERT_TRUE(seen.emplace(id.view()).second);
    }
}

TEST(RandomHex, has_the_length_asked_for) {
    EXPECT_EQ(random_hex(16).size(), 32U);
    EXPECT_NE(random_hex(16), random_hex(16));
}

}  // namespace
}  // namespace agenthub
