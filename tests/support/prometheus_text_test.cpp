// The reader of metrics refuses what it should.

#include "tests/support/prometheus_text.hpp"

#include <gtest/gtest.h>

namespace agenthub::test {
namespace {

std::size_t faults(const std::string& text) {
    return read_prometheus(text).faults.size();
}

const std::string kGauge = "# HELP g helps\n# TYPE g gauge\n";
const std::string kHistogram = "# HELP h helps\n# TYPE h histogram\n";

TEST(PrometheusText, takes_what_is_right) {
    const auto page = read_prometheus(kGauge + "g{a=\"x\\\"\\\\\\n\",b=\"\"} 1.5\ng -3\n" + kHistogram +
                                      "h_count 2\nh_sum 0.5\nh_bucket{le=\"0.1\"} 1\nh_bucket{le=\"+Inf\"} 2\n");
    EXPECT_TRUE(page.faults.empty()) << page.faults.front();
    EXPECT_EQ(page.at("g{a=\"x\\\"\\\\\\n\",b=\"\"}"), 1.5);
    EXPECT_EQ(page.at("nothing"), -1);
    EXPECT_EQ(page.families.at("h").type, "histogram");
}

TEST(PrometheusText, refuses_what_a_scraper_would) {
    EXPECT_EQ(faults(kGauge + "g 1"), 1U) << "no line end";
    EXPECT_EQ(faults(kGauge + "g 1\ng 2\n"), 1U) << "twice";
    EXPECT_EQ(faults(kGauge + "other 1\n"), 1U) << "of no family";
    EXPECT_EQ(faults(kGauge + "g{a=1} 1\n"), 1U) << "no quotes";
    EXPECT_EQ(faults(kGauge + "g x\n"), 1U) << "no number";
    EXPECT_EQ(faults(kGauge + "\n"), 1U) << "an empty line";
    EXPECT_EQ(faults("# HELP g helps\n"), 1U) << "no type";
    EXPECT_GE(faults("# TYPE g gauge\ng 1\n"), 1U) << "no help";
    EXPECT_EQ(faults("# HELP c helps\n# TYPE c counter\nc 1\n"), 1U) << "a counter without _total";
    EXPECT_EQ(faults("# HELP c_total helps\n# TYPE c_total counter\nc_total -1\n"), 1U) << "negative";
    EXPECT_EQ(faults(kHistogram + "h_count 2\nh_sum 1\nh_bucket{le=\"1\"} 2\n"), 1U) << "no +Inf";
    EXPECT_EQ(faults(kHistogram + "h_count 2\nh_sum 1\nh_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 2\n"), 1U)
        << "falls";
}

}  // namespace
}  // namespace agenthub::test
