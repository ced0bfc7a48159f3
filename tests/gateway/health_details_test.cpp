#include "gateway/health_details.hpp"

#include <gtest/gtest.h>

#include "tests/gateway/idle_supervisor.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

TEST(HealthDetails, of_a_daemon_without_processes) {
    const IdleSupervisor supervised{{server_named("one")}};
    LoopFacts loop;
    loop.lag = 1234us;
    loop.longest_lag = 2s;
    loop.tasks = 3;
    const Document details = details_document(supervised.supervisor, loop);
    EXPECT_EQ(details["loop"].dump(), R"({"lag_ms":1.234,"max_lag_ms":2000.0,"tasks":3})");
    EXPECT_GT(details["daemon"]["descriptors"], 2);
    EXPECT_GT(details["daemon"]["rss_bytes"], 1'000'000);
    EXPECT_GE(details["daemon"]["cpu_seconds"], 0);
    EXPECT_EQ(details["processes"].dump(), R"({"expected":0,"found":0})");
    EXPECT_EQ(details["servers"].dump(), "{}");
}

TEST(HealthDetails, usage_has_bytes_and_seconds) {
    ProcessUsage usage;
    usage.processes = 2;
    usage.cpu = 1'230ms;
    usage.rss_bytes = 4096;
    EXPECT_EQ(usage_document(usage).dump(), R"({"processes":2,"cpu_seconds":1.23,"rss_bytes":4096})");
}

}  // namespace
}  // namespace agenthub
