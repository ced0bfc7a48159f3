// Tests that the limits of a server hold for its process, as the kernel sees them.

#include <sstream>

#include "supervisor/launch_surroundings.hpp"
#include "tests/supervisor/process_fixture.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub {
namespace {

class ProcessLimitsTest : public ProcessFixture {
protected:
    // The spec as a server of this configuration is launched with it.
    static LaunchSpec limited(LaunchSpec spec, const ProcessLimits& limits) {
        LaunchSurroundings surroundings{CgroupTree()};
        ServerConfig config;
        config.limits.process = limits;
        surroundings.prepare(spec, config);
        return spec;
    }
};

// "soft hard" of one line of /proc/PID/limits.
std::string kernels_limit(pid_t pid, const std::string& name) {
    std::istringstream lines(test::read_file("/proc/" + std::to_string(pid) + "/limits"));
    for (std::string line; std::getline(lines, line);) {
        std::string soft, hard;
        if (line.starts_with(name) && std::istringstream(line.substr(name.size())) >> soft >> hard)
            return soft + " " + hard;
    }
    return {};
}

TEST_F(ProcessLimitsTest, stand_in_the_kernels_table_for_the_server_and_not_for_its_guard) {
    ProcessLimits limits;
    limits.nofile = 64;
    limits.core = 4096;
    limits.as = 8ULL << 30;
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(limited(shell("exec cat"), limits));
        EXPECT_EQ(kernels_limit(child->pid(), "Max open files"), "64 64");
        EXPECT_EQ(kernels_limit(child->pid(), "Max core file size"), "4096 4096");
        EXPECT_EQ(kernels_limit(child->pid(), "Max address space"), "8589934592 8589934592");
        EXPECT_EQ(kernels_limit(child->guard_pid(), "Max address space"),
                  kernels_limit(::getpid(), "Max address space"));
        EXPECT_NE(kernels_limit(child->guard_pid(), "Max open files"), "64 64");
        child->kill_all();
        co_await child->wait_gone();
    };
    run(body());
}

TEST_F(ProcessLimitsTest, not_given_are_the_daemons_own) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(limited(shell("exec cat"), ProcessLimits()));
        for (const char* name : {"Max open files", "Max core file size", "Max address space"})
            EXPECT_EQ(kernels_limit(child->pid(), name), kernels_limit(::getpid(), name)) << name;
        child->kill_all();
        co_await child->wait_gone();
    };
    run(body());
}

TEST_F(ProcessLimitsTest, of_address_space_make_an_allocation_fail) {
    const std::vector<std::string> a_quarter = {std::to_string(256ULL << 20)};
    ProcessLimits limits;
    limits.as = 128ULL << 20;
    auto body = [&]() -> awaitable<void> {
        const auto free = co_await output_of(probe("allocate", a_quarter));
        EXPECT_EQ(free, "allocated\n");
        auto spec = limited(probe("allocate", a_quarter), limits);
        const auto refused = co_await output_of(std::move(spec));
        EXPECT_EQ(refused, "refused\n");
    };
    run(body());
}

TEST_F(ProcessLimitsTest, of_descriptors_are_reached_at_that_number) {
    ProcessLimits limits;
    limits.nofile = 20;
    auto body = [&]() -> awaitable<void> {
        const auto highest = co_await output_of(limited(probe("open-descriptors"), limits));
        EXPECT_EQ(highest, "19\n") << "0 to 19 are twenty";
    };
    run(body());
}

}  // namespace
}  // namespace agenthub
