#include "base/log.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

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

// What one message becomes.
std::string written(const std::string& message) {
    testing::internal::CaptureStderr();
    start_log(spdlog::level::info, LogFormat::text);
    log().info("{}", message);
    stop_log();
    return testing::internal::GetCapturedStderr();
}

TEST(Log, a_message_cannot_look_like_another_line_nor_steer_a_terminal) {
    const std::string text = written("tool a\n2026-01-01 00:00:00.000 error   forged\x1b[2J\r\x7f\u009b1m \u00e9 end");
    EXPECT_NE(text.find("tool a\n    2026-01-01 00:00:00.000 error   forged\uFFFD[2J\uFFFD\uFFFD\uFFFD1m \u00e9 end\n"),
              std::string::npos)
        << text;
    EXPECT_NE(written("ends with a break\n").find("break\n"), std::string::npos);
    EXPECT_EQ(written("ends with a break\n").find("break\n "), std::string::npos);
    EXPECT_NE(written("a\tb").find("a\tb\n"), std::string::npos);
}

TEST(Log, the_journal_is_written_to_only_when_it_is_our_stderr) {
    ::setenv("JOURNAL_STREAM", "1:2", 1);
    EXPECT_EQ(written("inherited").find("<6>"), std::string::npos) << "of whoever started us";
    testing::internal::CaptureStderr();
    struct stat is{};
    ASSERT_EQ(::fstat(STDERR_FILENO, &is), 0);
    ::setenv("JOURNAL_STREAM", (std::to_string(is.st_dev) + ":" + std::to_string(is.st_ino)).c_str(), 1);
    start_log(spdlog::level::info, LogFormat::text);
    log().info("ours");
    stop_log();
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "<6>ours\n");
    ::unsetenv("JOURNAL_STREAM");
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
