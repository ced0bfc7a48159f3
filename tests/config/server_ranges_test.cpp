// What a number or a duration in a server's entry may be.

#include <gtest/gtest.h>

#include "tests/config/parsed.hpp"

namespace agenthub {
namespace {

TEST(ServerRanges, ranges_at_their_ends_and_one_beyond) {
    struct Range {
        const char* key;
        const char* min;
        const char* below;
        const char* max;
        const char* above;
    };
    const Range ranges[] = {
        {"max_restarts", "0", "-1", "1000", "1001"},
        {"health_check_interval", "0", "-1", "86400", "86400.001"},
        {"call_timeout", "0.001", "0", "604800", "604800.001"},
        {"proxy_timeout", "0.001", "0", "604800", "604800.001"},
        {"start_timeout", "0.001", "0", "3600", "3600.001"},
        {"stop_timeout", "0.001", "0", "3600", "3600.001"},
        {"max_instances", "0", "-1", "10000", "10001"},
        {"warm", "0", "-1", "16", "10001"},
        {"session_grace", "0", "-1", "604800", "604800.001"},
        {"idle_stop", "0", "-1", "604800", "604800.001"},
        {"max_concurrency", "0", "-1", "1000000", "1000001"},
        {"queue", "0", "-1", "1000000", "1000001"},
        {"queue_timeout", "0.001", "0", "3600", "3600.001"},
        {"breaker_threshold", "0", "-1", "1000", "1001"},
        {"breaker_recovery", "0.001", "0", "3600", "3600.001"},
    };
    for (const Range& range : ranges) {
        const std::string start = R"({"command": "c", ")" + std::string(range.key) + "\": ";
        EXPECT_EQ(reason_of(start + range.min + "}"), "") << range.key;
        EXPECT_EQ(reason_of(start + range.max + "}"), "") << range.key;
        for (const char* value : {range.below, range.above})
            EXPECT_EQ(
                reason_of(start + value + "}").find("mcpServers.s." + std::string(range.key) + ": found " + value), 0U)
                << range.key;
    }
}

}  // namespace
}  // namespace agenthub
