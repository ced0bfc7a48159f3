#include "base/log.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

TEST(LogRateLimit, admits_the_burst_then_counts_what_it_swallows) {
    LogRateLimit limit(2, 1000);
    std::uint64_t suppressed = 0;
    EXPECT_TRUE(limit.admit(0, suppressed));
    EXPECT_TRUE(limit.admit(1, suppressed));
    EXPECT_FALSE(limit.admit(2, suppressed));
    EXPECT_FALSE(limit.admit(999, suppressed));
    EXPECT_TRUE(limit.admit(1000, suppressed));
    EXPECT_EQ(suppressed, 2U);
    EXPECT_TRUE(limit.admit(1001, suppressed));
    EXPECT_EQ(suppressed, 0U);
}

TEST(Log, json_lines_escape_what_json_must_escape) {
    start_log(spdlog::level::info, LogFormat::json);
    testing::internal::CaptureStderr();
    log().info("a \"quoted\"\nline\\");
    stop_log();
    const std::string text = testing::internal::GetCapturedStderr();
    EXPECT_NE(text.find(R"("message":"a \"quoted\"\u000aline\\"})"), std::string::npos) << text;
}

TEST(Log, lines_below_the_level_are_not_written) {
    start_log(spdlog::level::warn, LogFormat::text);
    testing::internal::CaptureStderr();
    log().info("quiet");
    log().warn("loud");
    stop_log();
    const std::string text = testing::internal::GetCapturedStderr();
    EXPECT_EQ(text.find("quiet"), std::string::npos);
    EXPECT_NE(text.find("loud"), std::string::npos);
}

}  // namespace
}  // namespace agenthub
