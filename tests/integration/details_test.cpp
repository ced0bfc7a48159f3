// The numbers by which the daemon is watched: processes, descriptors, tasks, memory and time.

#include <gtest/gtest.h>
#include <signal.h>

#include "tests/integration/admin_http.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/mcp_client.hpp"
#include "tests/support/processes.hpp"

namespace agenthub::test {
namespace {

using namespace std::chrono_literals;

nlohmann::json processes_of(const Daemon& daemon) {
    return get(daemon, "/health")["details"]["processes"];
}

bool settles_at(const Daemon& daemon, int expected) {
    const nlohmann::json both = {{"expected", expected}, {"found", expected}};
    return wait_until([&] { return processes_of(daemon) == both; });
}

TEST(Details, processes_expected_are_those_found) {
    auto config = hostile_config({"--grandchild"});
    config["mcpServers"]["second"] = hostile();
    Daemon daemon(config);
    EXPECT_TRUE(settles_at(daemon, 0));
    McpClient(daemon.port()).initialize();
    McpClient(daemon.port(), "second").initialize();
    EXPECT_TRUE(settles_at(daemon, 4)) << processes_of(daemon);
    // Guard, server and grandchild.
    EXPECT_TRUE(wait_until([&] { return get(daemon, "/health")["details"]["servers"]["hostile"]["processes"] == 3; }));
    EXPECT_EQ(post(daemon, "/servers/second/stop"), 200);
    EXPECT_TRUE(settles_at(daemon, 2)) << processes_of(daemon);
    EXPECT_EQ(get(daemon, "/health")["details"]["servers"].size(), 1U);
    const auto pid = get(daemon, "/servers/hostile")["process"]["pid"].get<pid_t>();
    ::kill(pid, SIGKILL);
    ASSERT_TRUE(wait_until([&] { return !is_alive(pid); }));
    EXPECT_TRUE(settles_at(daemon, 2)) << "restarted: " << processes_of(daemon);
    EXPECT_NE(get(daemon, "/servers/hostile")["process"]["pid"], pid);
    EXPECT_EQ(post(daemon, "/servers/hostile/stop"), 200);
    EXPECT_TRUE(settles_at(daemon, 0)) << processes_of(daemon);
}

TEST(Details, a_guard_that_is_killed_is_missed_or_replaced) {
    Daemon daemon(hostile_config({"--grandchild"}));
    McpClient(daemon.port()).initialize();
    ASSERT_TRUE(settles_at(daemon, 2));
    for (const pid_t pid : daemon.processes())
        if (command_of(pid).starts_with("mcp-guard "))
            ::kill(pid, SIGKILL);
    EXPECT_TRUE(wait_until([&] { return get(daemon, "/servers/hostile")["process"]["restart_count"] == 1; }));
    EXPECT_TRUE(settles_at(daemon, 2)) << processes_of(daemon);
}

#ifndef __SANITIZE_ADDRESS__  // which has a malloc of its own
// glibc is told to map every large block, as it may decide by itself: the daemon must see to it that it does not.
TEST(Details, the_memory_of_a_large_result_serves_the_next_one) {
    DaemonOptions options;
    options.config = hostile_config();
    options.env = {{"MALLOC_TRIM_THRESHOLD_", "131072"}};
    Daemon daemon(std::move(options));
    McpClient client(daemon.port());
    client.initialize();
    constexpr int kCalls = 20;
    constexpr std::size_t kBytes = 1 << 20;
    const auto faults = [&] {
        const auto before = page_faults(daemon.pid());
        for (int i = 0; i < kCalls; ++i)
            EXPECT_GT(client.call("huge_line", {{"n", kBytes}}).body.size(), kBytes - 100);
        return (page_faults(daemon.pid()) - before) / kCalls;
    };
    // The end of the start, after which it is so, is a second away.
    EXPECT_TRUE(wait_until([&] { return faults() < 64; })) << "a block of a mebibyte that is mapped anew costs 256";
}
#endif

TEST(Details, tell_what_the_daemon_and_its_servers_use) {
    Daemon daemon(hostile_config());
    McpClient client(daemon.port());
    client.initialize();
    daemon.settle();
    nlohmann::json details;
    // The connection of the question is one more, while it lasts; that of the question before may be closing.
    const auto agree = [&] {
        details = get(daemon, "/health")["details"];
        return wait_until([&] { return details["daemon"]["descriptors"] == daemon.fds() + 1; },
                          std::chrono::milliseconds(500));
    };
    EXPECT_TRUE(wait_until(agree)) << daemon.fds();
    const auto own_kib = details["daemon"]["rss_bytes"].get<std::int64_t>() / 1024;
    EXPECT_NEAR(static_cast<double>(own_kib), static_cast<double>(daemon.rss()), 0.2 * static_cast<double>(own_kib));
    EXPECT_GT(details["daemon"]["cpu_seconds"], 0);
    EXPECT_GE(details["loop"]["tasks"], 5);
    EXPECT_GE(details["loop"]["max_lag_ms"], details["loop"]["lag_ms"]);
    const auto usage = get(daemon, "/servers/hostile")["process"]["usage"];
    EXPECT_EQ(usage["processes"], 2);
    EXPECT_GE(usage["cpu_seconds"], 0);
    EXPECT_GT(usage["rss_bytes"], 500'000);
    EXPECT_EQ(post(daemon, "/servers/hostile/stop"), 200);
    EXPECT_FALSE(get(daemon, "/servers/hostile")["process"].contains("usage"));
}

TEST(Details, tasks_and_descriptors_return_to_what_they_were) {
    auto config = hostile_config();
    config["ollama"]["enabled"] = false;  // whose probe comes and goes
    Daemon daemon(config);
    const auto numbers = [&] {
        const auto details = get(daemon, "/health")["details"];
        return std::pair(details["loop"]["tasks"].get<int>(), details["daemon"]["descriptors"].get<int>());
    };
    post(daemon, "/servers/hostile/start");
    post(daemon, "/servers/hostile/stop");
    daemon.settle();
    // At rest is what has not changed for longer than the daemon takes to end its start (one second).
    auto before = numbers();
    auto since = std::chrono::steady_clock::now();
    ASSERT_TRUE(wait_until([&] {
        if (const auto now = numbers(); now != before) {
            before = now;
            since = std::chrono::steady_clock::now();
        }
        return std::chrono::steady_clock::now() - since > 1500ms;
    }));
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(post(daemon, "/servers/hostile/start"), 200);
        EXPECT_GT(numbers().first, before.first);
        EXPECT_EQ(post(daemon, "/servers/hostile/stop"), 200);
    }
    EXPECT_TRUE(wait_until([&] { return numbers() == before; }))
        << before.first << ", " << before.second << " → " << numbers().first << ", " << numbers().second;
}

TEST(Details, of_fifty_servers_come_within_50_ms) {
    nlohmann::json config;
    for (int i = 0; i < 50; ++i) {
        config["mcpServers"]["s" + std::to_string(i)] = {
            {"command", "/bin/sh"},
            {"args", {"-c", "sleep 1000 & sleep 1000 & while read line; do :; done"}},
            {"auto_start", true}};
    }
    Daemon daemon(config);
    // Each is a guard, a shell and two of its children: it need not speak MCP to be counted.
    const auto all_there = [&] {
        const auto details = get(daemon, "/health")["details"];
        std::size_t found = 0;
        for (const auto& server : details["servers"])
            found += server["processes"].get<std::size_t>();
        return found == 200 && details["processes"]["expected"] == 100 && details["processes"]["found"] == 100;
    };
    ASSERT_TRUE(wait_until(all_there)) << get(daemon, "/health")["details"];
    // The quickest of some: the machine may be busy with something else.
    httplib::Client http("127.0.0.1", daemon.port());
    auto quickest = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 10; ++i) {
        const auto began = std::chrono::steady_clock::now();
        ASSERT_EQ(http.Get("/health")->status, 200);
        quickest = std::min(quickest, std::chrono::steady_clock::now() - began);
    }
    EXPECT_LT(quickest, 50ms);
    RecordProperty("health_us", static_cast<int>(quickest / 1us));
    daemon.signal(SIGTERM);
    daemon.signal(SIGTERM);
}

}  // namespace
}  // namespace agenthub::test
