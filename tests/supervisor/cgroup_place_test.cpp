// Tests of finding this process's place among the control groups.

#include "supervisor/cgroup_place.hpp"

#include <gtest/gtest.h>
#include <sys/xattr.h>

#include "tests/support/test_cgroup.hpp"

namespace agenthub {
namespace {

constexpr const char* kUnified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr const char* kHybrid =
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

std::string directory(const char* cgroup, const char* mountinfo) {
    const auto found = own_cgroup_directory(cgroup, mountinfo);
    return found ? *found : "no: " + found.error().message;
}

TEST(CgroupPlace, is_found_wherever_the_hierarchy_stands) {
    EXPECT_EQ(directory("0::/system.slice/agenthub.service\n", kUnified),
              "/sys/fs/cgroup/system.slice/agenthub.service");
    EXPECT_EQ(directory("4:memory:/elsewhere\n1:name=systemd:/x\n0::/system.slice/a b.service\n", kHybrid),
              "/sys/fs/cgroup/unified/system.slice/a b.service");
    EXPECT_EQ(directory("0::/a\n", "1 1 0:1 / /mnt/c\\040g rw - cgroup2 none rw\n"), "/mnt/c g/a");
}

TEST(CgroupPlace, in_a_container_is_below_what_is_mounted) {
    const char* mounted = "1 1 0:1 /docker/12 /sys/fs/cgroup rw - cgroup2 none rw\n";
    EXPECT_EQ(directory("0::/docker/12/hub\n", mounted), "/sys/fs/cgroup/hub");
    EXPECT_EQ(directory("0::/docker/12\n", mounted),
              "no: AgentHub runs in the root of the control groups that are mounted here");
    EXPECT_EQ(directory("0::/docker/123/hub\n", mounted),
              "no: AgentHub's control group /docker/123/hub is not among those that are mounted here");
    EXPECT_EQ(directory("0::/../other\n", kUnified),
              "no: AgentHub's control group /../other is outside of its namespace");
}

TEST(CgroupPlace, is_never_the_root) {
    EXPECT_EQ(directory("0::/\n", kUnified), "no: AgentHub runs in the root control group, which is not its own");
    EXPECT_EQ(directory("4:memory:/x\n0::/\n", kHybrid),
              "no: AgentHub runs in the root control group, which is not its own");
}

TEST(CgroupPlace, needs_version_2) {
    EXPECT_EQ(directory("4:memory:/x\n", kHybrid), "no: this machine has no control groups of version 2");
    EXPECT_EQ(directory("0::/x\n", "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"),
              "no: this machine has no control groups of version 2");
    EXPECT_EQ(directory("", ""), "no: this machine has no control groups of version 2");
}

TEST(CgroupPlace, is_delegated_when_the_service_manager_marked_it) {
    const test::TestCgroup group;
    AGENTHUB_NEEDS_CGROUP(group);
    EXPECT_EQ(is_delegated(group.path()), ::geteuid() != 0) << "what is root's own was given to nobody";
    if (::setxattr(group.path().c_str(), "user.delegate", "0", 1, 0) != 0)
        GTEST_SKIP() << "this kernel's control groups carry no marks";
    EXPECT_EQ(is_delegated(group.path()), ::geteuid() != 0);
    ASSERT_EQ(::setxattr(group.path().c_str(), "user.delegate", "1", 1, 0), 0);
    EXPECT_TRUE(is_delegated(group.path()));
    EXPECT_FALSE(is_delegated("/nonexistent"));
}

}  // namespace
}  // namespace agenthub
