#include "config/suggest.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

const std::vector<std::string> kKnown{"command", "args", "env", "auto_start", "max_restarts", "call_timeout"};

TEST(Suggest, slips_of_the_pen_find_their_key) {
    EXPECT_EQ(nearest_key("comand", kKnown), "command");
    EXPECT_EQ(nearest_key("commadn", kKnown), "command") << "two neighbours swapped are one edit";
    EXPECT_EQ(nearest_key("arg", kKnown), "args");
    EXPECT_EQ(nearest_key("ENV", kKnown), "env");
    EXPECT_EQ(nearest_key("autoStart", kKnown), "auto_start");
    EXPECT_EQ(nearest_key("maxRestart", kKnown), "max_restarts");
    EXPECT_EQ(nearest_key("call-timeout", kKnown), "call_timeout");
}

TEST(Suggest, two_edits_are_near_and_three_are_not) {
    EXPECT_EQ(nearest_key("callXtimeoutY", kKnown), "call_timeout");
    EXPECT_EQ(nearest_key("callXtimeoutYZ", kKnown), std::nullopt);
}

TEST(Suggest, short_keys_need_to_be_nearer) {
    EXPECT_EQ(nearest_key("em", kKnown), std::nullopt);
    EXPECT_EQ(nearest_key("", kKnown), std::nullopt);
    EXPECT_EQ(nearest_key("url", kKnown), std::nullopt);
}

TEST(Suggest, keys_longer_than_64_bytes_are_not_compared) {
    const std::string known(64, 'k');
    EXPECT_EQ(nearest_key(std::string(64, 'k'), {known}), known);
    EXPECT_EQ(nearest_key(std::string(65, 'k'), {known}), std::nullopt);
}

}  // namespace
}  // namespace agenthub
