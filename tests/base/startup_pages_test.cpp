#include "base/startup_pages.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace agenthub {
namespace {

// KiB of mapped files in memory.
long resident_files() {
    std::ifstream status("/proc/self/status");
    std::string word;
    long kib = 0;
    while (status >> word)
        if (word == "RssFile:")
            status >> kib;
    return kib;
}

TEST(StartupPages, leave_the_memory_and_come_back_when_they_are_used) {
    const long before = resident_files();
    ASSERT_GT(before, 0);
    release_startup_pages();
    const long after = resident_files();
    EXPECT_LT(after, before);
    // The program and its constants are what they were.
    EXPECT_EQ(std::to_string(std::atoi("12345")) + " unchanged", "12345 unchanged");
    EXPECT_GE(resident_files(), after);
}

}  // namespace
}  // namespace agenthub
