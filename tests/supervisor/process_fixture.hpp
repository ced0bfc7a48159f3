// What the tests with real processes share: a loop, a reaper, the probe, and the check that nothing is left behind.
// Owned by the tests of src/supervisor.

#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "supervisor/child_process.hpp"

namespace agenthub {

class ProcessFixture : public ::testing::Test {
protected:
    ProcessFixture();

    // Joins the reaper, then: no child, and no descriptor more than before.
    void TearDown() override;

    // Runs the coroutine to its end; a failure when that takes longer than `limit`.
    void run(awaitable<void> task, Duration limit = std::chrono::seconds(20));

    LaunchSpec probe(std::string mode, std::vector<std::string> args = {}) const;
    LaunchSpec shell(std::string script) const;
    // Launches, with a test failure and nullptr when that fails.
    awaitable<std::unique_ptr<ChildProcess>> start(LaunchSpec spec);
    // All that the server prints until it closes its stdout.
    awaitable<std::string> output_of(LaunchSpec spec);
    static awaitable<std::string> read_to_end(UniqueFd fd);
    // The numbers on the first line the server prints. The pipes stay open as long as `pipes`.
    static awaitable<std::vector<pid_t>> read_pids(ChildPipes& pipes);

    asio::io_context loop_;
    GuardReaper reaper_;
    std::size_t descriptors_;
};

std::size_t count_descriptors();

// Returns when each of the processes has ended, or false after `limit`. Waits on pidfds: no polling.
bool all_end_within(const std::vector<pid_t>& pids, Duration limit);

bool is_running(pid_t pid);

}  // namespace agenthub
