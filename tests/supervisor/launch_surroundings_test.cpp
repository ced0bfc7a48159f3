// Tests of what a launch is prepared with, and of what is said about what cannot be had.

#include "supervisor/launch_surroundings.hpp"

#include <gtest/gtest.h>

#include "supervisor/memory_shortage.hpp"
#include "tests/support/test_cgroup.hpp"

namespace agenthub {
namespace {

ServerConfig demanding() {
    ServerConfig config;
    config.name = "files";
    config.limits.process.nofile = 64;
    config.limits.cgroup.memory_max = 1048576;
    return config;
}

TEST(LaunchSurroundings, without_groups_only_the_limits_of_the_process_are_in_force) {
    LaunchSurroundings surroundings{CgroupTree()};
    LaunchSpec spec;
    const auto found = surroundings.prepare(spec, demanding());
    EXPECT_EQ(spec.limits.nofile, 64U);
    EXPECT_EQ(spec.cgroup, "");
    EXPECT_EQ(spec.oom_kills_before, machine_oom_kills());
    EXPECT_EQ(found.cgroup, "");
    EXPECT_EQ(found.why_no_cgroup, "\"cgroup\" is \"off\"");
    const std::vector<LimitInForce> expected = {{"rlimits.nofile", 64, ""},
                                                {"memory_max", 1048576, "\"cgroup\" is \"off\""}};
    EXPECT_EQ(found.limits, expected);
}

TEST(LaunchSurroundings, each_launch_gets_a_group_of_its_own) {
    const test::TestCgroup group;
    AGENTHUB_NEEDS_CGROUP(group);
    LaunchSurroundings surroundings{CgroupTree::open(group.path())};
    LaunchSpec first, second;
    const auto found = surroundings.prepare(first, demanding());
    surroundings.prepare(second, demanding());
    EXPECT_EQ(first.cgroup, group.below("mcp-files-1"));
    EXPECT_EQ(second.cgroup, group.below("mcp-files-2"));
    EXPECT_EQ(found.cgroup, first.cgroup);
    EXPECT_EQ(found.why_no_cgroup, "");
    EXPECT_EQ(group.groups().size(), 2U);
}

TEST(LaunchSurroundings, a_group_that_counts_itself_is_asked_instead_of_the_machine) {
    const test::TempDir fake;
    for (const char* file : {"cgroup.procs", "cgroup.subtree_control"})
        test::write_file(fake.file(file), "");
    test::write_file(fake.file("cgroup.controllers"), "memory");
    LaunchSurroundings surroundings{CgroupTree::open(fake.path())};
    LaunchSpec spec;
    surroundings.prepare(spec, demanding());
    EXPECT_EQ(spec.cgroup, fake.file("mcp-files-1"));
    EXPECT_EQ(spec.oom_kills_before, std::nullopt);
}

}  // namespace
}  // namespace agenthub
