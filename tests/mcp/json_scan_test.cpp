#include "mcp/json_scan.hpp"

#include <gtest/gtest.h>

namespace agenthub::mcp {
namespace {

TEST(JsonScan, one_scanner_serves_small_and_large_texts) {
    JsonScanner scanner;
    std::string large = "[\"";
    large.append(3 << 20, 'x');
    large += "\"]";
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(scanner.index(large));
        ASSERT_TRUE(scanner.index("[1]"));
        scanner.shrink();
    }
    ASSERT_TRUE(scanner.index("[1,2]"));
    EXPECT_EQ(scanner.count(), 5U);
}

}  // namespace
}  // namespace agenthub::mcp
