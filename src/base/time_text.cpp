// Reading points in time.
// Pure functions.

#include "base/time_text.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>

namespace agenthub {
namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kLatest = 253'402'300'799'999;   // the end of 9999
constexpr std::int64_t kFirstMillis = 100'000'000'000;  // as seconds this is the year 5138, as milliseconds 1973
constexpr std::size_t kMaxDigits = 15;

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// Takes text from its front.
class Reader {
public:
    explicit Reader(std::string_view text) noexcept : rest_(text) {}

    bool empty() const noexcept { return rest_.empty(); }
    std::string_view rest() const noexcept { return rest_; }
    bool take(char c) noexcept {
        if (rest_.empty() || rest_.front() != c)
            return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool take_any(std::string_view of) noexcept {
        if (rest_.empty() || of.find(rest_.front()) == std::string_view::npos)
            return false;
        rest_.remove_prefix(1);
        return true;
    }
    // Exactly `digits` digits, up to `highest`.
    bool number(std::size_t digits, int highest, int& out) noexcept {
        if (rest_.size() < digits)
            return false;
        out = 0;
        for (const char c : rest_.substr(0, digits)) {
            if (!is_digit(c))
                return false;
            out = out * 10 + (c - '0');
        }
        rest_.remove_prefix(digits);
        return out <= highest;
    }
    // At least one digit, at most kMaxDigits.
    std::optional<std::int64_t> integer() noexcept {
        std::size_t digits = 0;
        while (digits < rest_.size() && is_digit(rest_[digits]))
            ++digits;
        std::int64_t value = 0;
        if (digits == 0 || digits > kMaxDigits)
            return std::nullopt;
        const char* begin = rest_.data();
        std::from_chars(begin, begin + digits, value);
        rest_.remove_prefix(digits);
        return value;
    }
    // The digits behind a '.', as milliseconds; what is finer is dropped. nullopt when there are none.
    std::optional<int> fraction() noexcept {
        if (rest_.empty() || !is_digit(rest_.front()))
            return std::nullopt;
        int value = 0;
        int scale = 100;
        for (; !rest_.empty() && is_digit(rest_.front()); scale /= 10, rest_.remove_prefix(1))
            value += scale * (rest_.front() - '0');
        return value;
    }

private:
    std::string_view rest_;
};

std::optional<std::int64_t> read_date(Reader& in) {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!in.number(4, 9999, year) || !in.take('-') || !in.number(2, 12, month) || !in.take('-') ||
        !in.number(2, 31, day))
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok())
        return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count() * kDay;
}

// What to subtract; nullopt: there is no offset, or none that exists.
std::optional<std::int64_t> read_offset(Reader& in) {
    if (in.take_any("Zz"))
        return 0;
    const bool minus = in.take('-');
    int hours = 0;
    int minutes = 0;
    if ((!minus && !in.take_any("+ ")) || !in.number(2, 23, hours) || !in.take(':') || !in.number(2, 59, minutes))
        return std::nullopt;
    const std::int64_t offset = hours * kHour + minutes * kMinute;
    return minus ? -offset : offset;
}

std::optional<std::int64_t> read_rfc3339(std::string_view text) {
    Reader in(text);
    const auto date = read_date(in);
    if (!date || in.empty())
        return date;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!in.take_any("Tt ") || !in.number(2, 23, hour) || !in.take(':') || !in.number(2, 59, minute) || !in.take(':') ||
        !in.number(2, 60, second))  // 60: a leap second is the second that follows
        return std::nullopt;
    std::int64_t millis = 0;
    if (in.take('.')) {
        const auto fraction = in.fraction();
        if (!fraction)
            return std::nullopt;
        millis = *fraction;
    }
    const auto offset = read_offset(in);
    if (!offset || !in.empty())
        return std::nullopt;
    return *date + hour * kHour + minute * kMinute + second * kSecond + millis - *offset;
}

std::optional<std::int64_t> unit_of(std::string_view text) {
    struct Unit {
        std::string_view name;
        std::int64_t ms;
    };
    static constexpr std::array<Unit, 6> kUnits{
        {{"ms", 1}, {"s", kSecond}, {"m", kMinute}, {"h", kHour}, {"d", kDay}, {"w", 7 * kDay}}};
    for (const Unit& unit : kUnits)
        if (unit.name == text)
            return unit.ms;
    return std::nullopt;
}

// Seconds, milliseconds, or a time before now.
std::optional<std::int64_t> read_number(std::string_view text, std::int64_t now_ms) {
    Reader in(text);
    const auto value = in.integer();
    if (!value)
        return std::nullopt;
    if (in.empty())
        return *value >= kFirstMillis ? *value : *value * kSecond;
    if (in.take('.')) {
        const auto fraction = in.fraction();
        if (!fraction || !in.empty() || *value >= kFirstMillis)
            return std::nullopt;
        return *value * kSecond + *fraction;
    }
    const auto unit = unit_of(in.rest());
    if (!unit || *value > now_ms / *unit)
        return std::nullopt;
    return now_ms - *value * *unit;
}

}  // namespace

result<std::int64_t> read_time(std::string_view text, std::int64_t now_ms) {
    auto at = read_number(text, now_ms);
    if (!at)
        at = read_rfc3339(text);
    if (at && *at >= 0 && *at <= kLatest)
        return *at;
    return Error(errc::invalid_params, "'" + std::string(text.substr(0, 64)) +
                                           "' is no point in time: write 2026-07-28T12:34:56Z, seconds or "
                                           "milliseconds since 1970, or a time before now such as 15m, 2h or 7d");
}

}  // namespace agenthub
