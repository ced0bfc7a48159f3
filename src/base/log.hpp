// The daemon's log: asynchronous, so that a slow terminal or journal never stalls the loop.
// Owned by the process; set up once in app, a plain stderr logger until then.

#pragma once

#include <spdlog/logger.h>

#include <cstdint>
#include <string_view>

namespace agenthub {

enum class LogFormat { text, json };

// The process-wide logger. Any thread.
spdlog::logger& log() noexcept;

// Starts the background writer to stderr. level: trace, debug, info, warn, error, critical, off.
// As text, control characters become U+FFFD, and what follows a line break is indented. Under systemd (JOURNAL_STREAM
// names stderr) lines carry the <N> priority prefix of sd-daemon(3) and no time stamp.
// The queue holds 1024 lines; when it is full the oldest are dropped, and counted.
void start_log(spdlog::level::level_enum level, LogFormat format);

// Writes what is queued and stops the background thread; reports the number of dropped lines, if any.
void stop_log();

// Lines dropped because the queue was full.
std::uint64_t dropped_log_lines() noexcept;

// Limits a repeated message to `burst` within `window_ms`; tells how many were suppressed when it opens again.
class LogRateLimit {
public:
    LogRateLimit(std::uint32_t burst, std::int64_t window_ms) noexcept : burst_(burst), window_ms_(window_ms) {}
    // now_ms: any monotonic clock. True: log it; `suppressed` is then the number swallowed since the last one.
    bool admit(std::int64_t now_ms, std::uint64_t& suppressed) noexcept;

private:
    std::uint32_t burst_;
    std::int64_t window_ms_;
    std::int64_t window_start_ = INT64_MIN;
    std::uint32_t used_ = 0;
    std::uint64_t suppressed_ = 0;
};

}  // namespace agenthub
