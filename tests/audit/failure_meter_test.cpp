#include "audit/failure_meter.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

const TimePoint kStart{std::chrono::hours(1000)};

bool count(FailureMeter& meter, std::string address, TimePoint now) {
    return meter.count(address, now);
}

TEST(FailureMeter, tells_the_first_at_once_and_the_number_of_the_others_after_a_minute) {
    FailureMeter meter;
    EXPECT_TRUE(count(meter, "a", kStart));
    for (int i = 0; i < 1000; ++i)
        EXPECT_FALSE(count(meter, "a", kStart + Duration(i)));
    EXPECT_TRUE(count(meter, "b", kStart));
    EXPECT_TRUE(meter.take(kStart + FailureMeter::kMinute - Duration(1)).empty());
    const auto told = meter.take(kStart + FailureMeter::kMinute);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].address, "a");
    EXPECT_EQ(told[0].more, 1000);
    EXPECT_EQ(meter.size(), 0U);
    EXPECT_TRUE(count(meter, "a", kStart + FailureMeter::kMinute));
}

TEST(FailureMeter, addresses_beyond_the_limit_are_counted_together) {
    FailureMeter meter;
    for (std::size_t i = 0; i < FailureMeter::kAddresses; ++i)
        EXPECT_TRUE(count(meter, "a" + std::to_string(i), kStart));
    std::string one_over = "one over";
    EXPECT_TRUE(meter.count(one_over, kStart));
    EXPECT_EQ(one_over, FailureMeter::kOthers);
    EXPECT_FALSE(count(meter, "two over", kStart));
    EXPECT_FALSE(count(meter, "a7", kStart));
    EXPECT_EQ(meter.size(), FailureMeter::kAddresses + 1);
}

}  // namespace
}  // namespace agenthub
