#include "base/time_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace agenthub {
namespace {

constexpr std::int64_t kNow = 1'785'242'096'789;  // 2026-07-28T12:34:56.789Z

std::int64_t at(std::string_view text) {
    const auto read = read_time(text, kNow);
    return read ? *read : -1;
}

TEST(TimeText, reads_rfc_3339_with_any_offset) {
    EXPECT_EQ(at("2026-07-28T12:34:56.789Z"), kNow);
    EXPECT_EQ(at("2026-07-28t12:34:56.789z"), kNow);
    EXPECT_EQ(at("2026-07-28 14:34:56.789+02:00"), kNow);
    EXPECT_EQ(at("2026-07-28T09:04:56.789-03:30"), kNow);
    EXPECT_EQ(at("1970-01-01T00:00:00Z"), 0);
    EXPECT_EQ(at("2024-02-29T00:00:00Z"), 1'709'164'800'000);
    EXPECT_EQ(at("2016-12-31T23:59:60Z"), at("2017-01-01T00:00:00Z")) << "a leap second";
}

TEST(TimeText, takes_the_blank_that_a_query_makes_of_a_plus) {
    EXPECT_EQ(at("2026-07-28T14:34:56.789 02:00"), kNow);
}

TEST(TimeText, drops_what_is_finer_than_a_millisecond) {
    EXPECT_EQ(at("2026-07-28T12:34:56.7899999Z"), kNow);
    EXPECT_EQ(at("2026-07-28T12:34:56.7Z"), kNow - 89);
}

TEST(TimeText, reads_a_date_as_midnight_utc) {
    EXPECT_EQ(at("2026-07-28"), at("2026-07-28T00:00:00Z"));
}

TEST(TimeText, tells_seconds_from_milliseconds_by_their_size) {
    EXPECT_EQ(at("1785242096"), kNow - 789);
    EXPECT_EQ(at("1785242096.789"), kNow);
    EXPECT_EQ(at("1785242096789"), kNow);
    EXPECT_EQ(at("99999999999"), 99'999'999'999'000);
    EXPECT_EQ(at("100000000000"), 100'000'000'000);
    EXPECT_EQ(at("0"), 0);
}

TEST(TimeText, counts_a_duration_back_from_now) {
    EXPECT_EQ(at("15m"), kNow - 15 * 60'000);
    EXPECT_EQ(at("500ms"), kNow - 500);
    EXPECT_EQ(at("30s"), kNow - 30'000);
    EXPECT_EQ(at("2h"), kNow - 7'200'000);
    EXPECT_EQ(at("7d"), at("1w"));
    EXPECT_EQ(at("0s"), kNow);
}

TEST(TimeText, refuses_what_is_no_time) {
    for (const char* text : {"",
                             " ",
                             "yesterday",
                             "-15m",
                             "15 m",
                             "15mm",
                             "1.5h",
                             "99999999999999999999",
                             "999999999999999w",
                             "2026-07-28T12:34:56",
                             "2026-13-01",
                             "2026-02-29",
                             "2026-07-28T24:00:00Z",
                             "2026-07-28T12:34:56.Z",
                             "2026-07-28T12:34:56Z ",
                             "2026-07-28T12:34:56+2:00",
                             "1785242096.",
                             "1785242096789.5",
                             "1969-12-31",
                             "0000-01-01",
                             "٢٠٢٦-٠٧-٢٨"}) {
        const auto read = read_time(text, kNow);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, errc::invalid_params);
    }
}

TEST(TimeText, does_not_reach_before_1970_or_beyond_9999) {
    EXPECT_EQ(at("100w"), kNow - 100LL * 7 * 24 * 3'600'000);
    EXPECT_EQ(at("3000w"), -1);
    EXPECT_EQ(at("9999-12-31T23:59:59.999Z"), 253'402'300'799'999);
    EXPECT_EQ(at("9999-12-31T23:59:59-01:00"), -1);
    EXPECT_EQ(at("999999999999999"), -1);
}

TEST(TimeText, says_what_may_be_written_instead) {
    const auto read = read_time("soon", kNow);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find("'soon'"), std::string::npos);
    EXPECT_NE(read.error().message.find("15m"), std::string::npos);
}

}  // namespace
}  // namespace agenthub
