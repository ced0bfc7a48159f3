// Sinks and formats of the daemon's log.
// Owned by the process.

#include "base/log.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/redactor.hpp"

namespace agenthub {
namespace {

constexpr std::string_view kReplaced = "\uFFFD";
constexpr std::size_t kQueueLines = 1024;  // each place costs 400 bytes from the start

// %* in a pattern: the message as the inside of a JSON string.
class JsonText final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& msg, const std::tm&, spdlog::memory_buf_t& dest) override {
        static constexpr char kHex[] = "0123456789abcdef";
        for (const char c : msg.payload) {
            const auto u = static_cast<unsigned char>(c);
            if (c == '"' || c == '\\') {
                dest.push_back('\\');
                dest.push_back(c);
            } else if (u < 0x20) {
                const char escaped[] = {'\\', 'u', '0', '0', kHex[u >> 4], kHex[u & 15]};
                dest.append(escaped, escaped + sizeof escaped);
            } else {
                dest.push_back(c);
            }
        }
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JsonText>(); }
};

// %* in a pattern: the priority of sd-daemon(3).
class SyslogPriority final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& msg, const std::tm&, spdlog::memory_buf_t& dest) override {
        static constexpr char kPriority[] = {'7', '7', '6', '4', '3', '2', '6'};
        dest.push_back('<');
        dest.push_back(kPriority[msg.level]);
        dest.push_back('>');
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<SyslogPriority>(); }
};

bool is_control(unsigned char c) noexcept {
    return (c < 0x20 && c != '\t') || c == 0x7F;
}

// True of the second byte of U+0080 to U+009F, with which some terminals begin commands, too.
bool is_c1(unsigned char before, unsigned char c) noexcept {
    return before == 0xC2 && c >= 0x80 && c <= 0x9F;
}

// What servers and clients choose stands in messages, as names of tools do: it must neither steer a terminal nor look
// like a line of the log. nullopt when there is nothing to change.
std::optional<std::string> harmless(std::string_view text) {
    unsigned char before = 0;
    const auto is_bad = [&before](char c) {
        const auto u = static_cast<unsigned char>(c);
        return is_control(u) || is_c1(std::exchange(before, u), u);
    };
    if (std::none_of(text.begin(), text.end(), is_bad))
        return std::nullopt;
    while (text.ends_with('\n'))
        text.remove_suffix(1);
    std::string out;
    before = 0;
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if (c == '\n') {
            out += "\n    ";
        } else if (is_c1(before, u)) {
            out.replace(out.size() - 1, 1, kReplaced);
        } else if (is_control(u)) {
            out += kReplaced;
        } else {
            out += c;
        }
        before = u;
    }
    return out;
}

// Lets no secret through, whatever the line is then written as, and as text nothing but text. Runs on the writing
// thread.
class CleanFormatter final : public spdlog::formatter {
public:
    CleanFormatter(std::unique_ptr<spdlog::formatter> inner, LogFormat format)
        : inner_(std::move(inner)), format_(format) {}

    void format(const spdlog::details::log_msg& msg, spdlog::memory_buf_t& dest) override {
        auto clean = without_secrets({msg.payload.data(), msg.payload.size()});
        if (format_ == LogFormat::text)
            if (auto text = harmless(clean ? *clean : std::string_view(msg.payload.data(), msg.payload.size())))
                clean = std::move(text);
        if (!clean)
            return inner_->format(msg, dest);
        spdlog::details::log_msg other = msg;
        other.payload = spdlog::string_view_t(clean->data(), clean->size());
        inner_->format(other, dest);
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<CleanFormatter>(inner_->clone(), format_);
    }

private:
    std::unique_ptr<spdlog::formatter> inner_;
    LogFormat format_;
};

// What started us may have passed its own $JOURNAL_STREAM on: it counts when it names our stderr (systemd.exec(5)).
bool writes_to_journal() {
    const char* named = std::getenv("JOURNAL_STREAM");
    struct stat is{};
    if (named == nullptr || ::fstat(STDERR_FILENO, &is) != 0)
        return false;
    return named == std::to_string(is.st_dev) + ":" + std::to_string(is.st_ino);
}

std::unique_ptr<spdlog::formatter> make_formatter(LogFormat format) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    if (format == LogFormat::json) {
        formatter->add_flag<JsonText>('*');
        formatter->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%*"})");
    } else if (writes_to_journal()) {
        formatter->add_flag<SyslogPriority>('*');
        formatter->set_pattern("%*%v");
    } else {
        formatter->set_pattern("%Y-%m-%d %H:%M:%S.%e %-7l %v");
    }
    return std::make_unique<CleanFormatter>(std::move(formatter), format);
}

struct State {
    std::shared_ptr<spdlog::details::thread_pool> pool;
    std::shared_ptr<spdlog::logger> logger;
};

std::shared_ptr<spdlog::logger> make_plain_logger() {
    auto logger = std::make_shared<spdlog::logger>("agenthub", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_formatter(make_formatter(LogFormat::text));
    return logger;
}

State& state() {
    static State s{nullptr, make_plain_logger()};
    return s;
}

}  // namespace

spdlog::logger& log() noexcept {
    return *state().logger;
}

void start_log(spdlog::level::level_enum level, LogFormat format) {
    auto& s = state();
    // Both owners: this state, and each queued line's logger, which needs the pool until it is written.
    s.pool = std::make_shared<spdlog::details::thread_pool>(kQueueLines, 1);
    s.logger = std::make_shared<spdlog::async_logger>("agenthub", std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                                      s.pool, spdlog::async_overflow_policy::overrun_oldest);
    s.logger->set_formatter(make_formatter(format));
    s.logger->set_level(level);
}

void stop_log() {
    auto& s = state();
    if (s.pool == nullptr)
        return;
    const auto dropped = s.pool->overrun_counter();
    const auto level = s.logger->level();
    s.logger = make_plain_logger();
    s.logger->set_level(level);
    s.pool.reset();  // joins the writer after the last queued line
    if (dropped > 0)
        s.logger->warn("{} log lines were dropped because stderr was slower than the daemon", dropped);
}

std::uint64_t dropped_log_lines() noexcept {
    const auto& s = state();
    return s.pool == nullptr ? 0 : s.pool->overrun_counter();
}

bool LogRateLimit::admit(std::int64_t now_ms, std::uint64_t& suppressed) noexcept {
    if (now_ms - window_ms_ >= window_start_) {
        window_start_ = now_ms;
        used_ = 0;
    }
    if (used_ >= burst_) {
        ++suppressed_;
        return false;
    }
    ++used_;
    suppressed = suppressed_;
    suppressed_ = 0;
    return true;
}

}  // namespace agenthub
