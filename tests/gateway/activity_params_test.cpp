#include "gateway/activity_params.hpp"

#include <gtest/gtest.h>

#include "tests/gateway/test_request.hpp"

namespace agenthub {
namespace {

result<ActivityQuery> query_of(std::string_view query) {
    const TestRequest test(http::verb::get, "/audit/activity?" + std::string(query));
    return read_activity_query(test.request);
}

result<int> days_of(std::string_view query) {
    const TestRequest test(http::verb::post, "/audit/activity/cleanup?" + std::string(query));
    return read_days(test.request);
}

TEST(ActivityParams, are_all_optional) {
    const auto query = query_of("").value();
    EXPECT_EQ(query.limit, kDefaultPage);
    EXPECT_EQ(query.offset, 0);
    EXPECT_FALSE(query.method || query.status_min || query.status_max || query.client_id || query.request_id ||
                 query.server || query.tool || query.outcome);
}

TEST(ActivityParams, are_read_percent_decoded) {
    const auto query = query_of(
                           "method=GET&status_min=400&status_max=499&client_id=a%20b%26c&request_id=r%3D1&server=s"
                           "&tool=t+u&outcome=tool%5Ferror&limit=10&offset=20&unknown=1")
                           .value();
    EXPECT_EQ(query.method, "GET");
    EXPECT_EQ(query.status_min, 400);
    EXPECT_EQ(query.status_max, 499);
    EXPECT_EQ(query.client_id, "a b&c");
    EXPECT_EQ(query.request_id, "r=1");
    EXPECT_EQ(query.server, "s");
    EXPECT_EQ(query.tool, "t u");
    EXPECT_EQ(query.outcome, "tool_error");
    EXPECT_EQ(query.limit, 10);
    EXPECT_EQ(query.offset, 20);
}

TEST(ActivityParams, keep_the_limit_within_a_page) {
    EXPECT_EQ(query_of("limit=1000").value().limit, 1000);
    EXPECT_EQ(query_of("limit=1001").value().limit, 1000);
    EXPECT_EQ(query_of("limit=2147483647").value().limit, 1000);
    EXPECT_EQ(query_of("limit=1").value().limit, 1);
    EXPECT_EQ(query_of("limit=0").value().limit, 1);
    EXPECT_EQ(query_of("limit=-5").value().limit, 1);
    EXPECT_EQ(query_of("offset=-1").value().offset, 0);
    EXPECT_EQ(query_of("offset=2147483647").value().offset, 2147483647);
}

TEST(ActivityParams, must_be_integers_and_the_refusal_names_the_parameter) {
    for (const std::string name : {"status_min", "status_max", "limit", "offset"})
        for (const std::string value :
             {"", "x", "1x", "1.5", " 1", "%201", "+1", "0x10", "2147483648", "-2147483649", "99999999999999999999"}) {
            const auto query = query_of(name + "=" + value);
            ASSERT_FALSE(query.has_value()) << name << "=" << value;
            EXPECT_EQ(query.error().code, errc::invalid_request);
            EXPECT_NE(query.error().message.find("'" + name + "'"), std::string::npos);
        }
}

TEST(ActivityParams, take_the_first_of_two_equal_names) {
    EXPECT_EQ(query_of("limit=3&limit=4").value().limit, 3);
}

TEST(ActivityParams, of_a_cleanup_are_thirty_days_or_at_least_one) {
    EXPECT_EQ(days_of("").value(), 30);
    EXPECT_EQ(days_of("days=1").value(), 1);
    EXPECT_EQ(days_of("days=2147483647").value(), 2147483647);
    EXPECT_EQ(days_of("days=0").error().code, errc::invalid_params);
    EXPECT_EQ(days_of("days=-1").error().code, errc::invalid_params);
    EXPECT_EQ(days_of("days=").error().code, errc::invalid_request);
    EXPECT_EQ(days_of("days=many").error().code, errc::invalid_request);
    EXPECT_EQ(days_of("days=2147483648").error().code, errc::invalid_request);
}

TEST(ActivityParams, read_times_words_and_outcomes) {
    const auto query =
        query_of("since=2026-07-28T12:34:56Z&until=1785242097&error=connection+refused&outcome=overflow");
    ASSERT_TRUE(query);
    EXPECT_EQ(query->since, 1'785'242'096'000);
    EXPECT_EQ(query->until, 1'785'242'097'000);
    EXPECT_EQ(query->error, "connection refused");
    EXPECT_EQ(query->outcome, "overflow");
}

TEST(ActivityParams, refuse_what_is_no_time_no_word_and_no_outcome_and_name_it) {
    for (const std::string text :
         {"since=soon", "until=-1", "since=", "error=", "error=%2A%2B", "outcome=fine", "outcome="}) {
        const auto query = query_of(text);
        ASSERT_FALSE(query) << text;
        EXPECT_EQ(query.error().code, errc::invalid_request) << text;
        EXPECT_NE(query.error().message.find("'" + text.substr(0, text.find('=')) + "'"), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace agenthub
