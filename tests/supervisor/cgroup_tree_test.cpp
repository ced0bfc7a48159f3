// Tests of dividing a control group, on a real one and on files that look like one with controllers.

#include "supervisor/cgroup_tree.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <algorithm>

#include "tests/support/test_cgroup.hpp"

namespace agenthub {
namespace {

using Strings = std::vector<std::string>;

// Plain files: nothing is limited, but what is written can be read.
struct FakeGroup {
    explicit FakeGroup(const std::string& controllers) {
        for (const char* file : {"cgroup.procs", "cgroup.subtree_control"})
            test::write_file(dir.file(file), "");
        test::write_file(dir.file("cgroup.controllers"), controllers);
        leaf = dir.file("leaf");
        std::filesystem::create_directory(leaf);
        for (const char* file : {"memory.max", "memory.oom.group", "pids.max", "cpu.weight"})
            test::write_file(leaf + "/" + file, "");
    }
    std::string path() const { return dir.path(); }
    std::string in_leaf(const std::string& file) const { return test::read_file(leaf + "/" + file); }

    test::TempDir dir;
    std::string leaf;
};

CgroupLimits all_limits() {
    CgroupLimits limits;
    limits.memory_max = 1048576;
    limits.pids_max = 7;
    limits.cpu_weight = 50;
    return limits;
}

TEST(CgroupTree, is_none_when_switched_off) {
    CgroupTree tree = CgroupTree::open("off");
    EXPECT_EQ(tree.directory(), "");
    EXPECT_EQ(tree.why_not(), "\"cgroup\" is \"off\"");
    EXPECT_EQ(tree.make_leaf("a").error().code, errc::unsupported);
    EXPECT_EQ(tree.why_no_controller("memory"), tree.why_not());
}

TEST(CgroupTree, says_why_a_path_cannot_be_used) {
    EXPECT_EQ(CgroupTree::open("/nonexistent/a/b").why_not(),
              "the control group /nonexistent/a/b cannot be made: No such file or directory");
    const test::TempDir dir;
    EXPECT_EQ(CgroupTree::open(dir.path()).why_not(), dir.path().string() + " is no control group of version 2");
}

TEST(CgroupTree, writes_every_limit_where_its_controller_is) {
    const FakeGroup group("cpuset cpu io memory pids");
    const CgroupTree tree = CgroupTree::open(group.path());
    EXPECT_EQ(tree.directory(), group.path());
    const auto limits = tree.limit(group.leaf, all_limits());
    const std::vector<LimitInForce> expected = {
        {"memory_max", 1048576, ""}, {"pids_max", 7, ""}, {"cpu_weight", 50, ""}};
    EXPECT_EQ(limits, expected);
    EXPECT_EQ(group.in_leaf("memory.max"), "1048576");
    EXPECT_EQ(group.in_leaf("memory.oom.group"), "1");
    EXPECT_EQ(group.in_leaf("pids.max"), "7");
    EXPECT_EQ(group.in_leaf("cpu.weight"), "50");
    EXPECT_NE(test::read_file(group.path() + "/cgroup.subtree_control"), "") << "switched on for the leaves";
}

TEST(CgroupTree, writes_nothing_that_is_not_asked_for) {
    const FakeGroup group("cpu memory pids");
    const CgroupTree tree = CgroupTree::open(group.path());
    EXPECT_EQ(tree.limit(group.leaf, CgroupLimits()), std::vector<LimitInForce>());
    EXPECT_EQ(group.in_leaf("memory.max") + group.in_leaf("pids.max") + group.in_leaf("cpu.weight"), "");
    EXPECT_EQ(group.in_leaf("memory.oom.group"), "1");
}

TEST(CgroupTree, says_which_limits_have_no_controller) {
    const FakeGroup group("memory");
    const CgroupTree tree = CgroupTree::open(group.path());
    const auto limits = tree.limit(group.leaf, all_limits());
    ASSERT_EQ(limits.size(), 3U);
    EXPECT_EQ(limits[0].why_not, "");
    EXPECT_EQ(limits[1].why_not, "the control group " + group.path() + " has no controller \"pids\"");
    EXPECT_EQ(limits[2].why_not, "the control group " + group.path() + " has no controller \"cpu\"");
    EXPECT_EQ(group.in_leaf("pids.max"), "");
}

TEST(CgroupTree, says_which_limits_cannot_be_written_and_never_writes_without_a_leaf) {
    const FakeGroup group("memory pids cpu");
    const CgroupTree tree = CgroupTree::open(group.path());
    std::filesystem::remove(group.leaf + "/pids.max");
    EXPECT_EQ(tree.limit(group.leaf, all_limits())[1].why_not, "pids.max cannot be written: No such file or directory");
    for (const auto& limit : tree.limit("", all_limits()))
        EXPECT_EQ(limit.why_not, "it has no control group");
}

TEST(CgroupTree, makes_leaves_that_are_numbered_on) {
    const test::TestCgroup group;
    AGENTHUB_NEEDS_CGROUP(group);
    CgroupTree tree = CgroupTree::open(group.below("hub"));
    EXPECT_EQ(tree.directory(), group.below("hub")) << tree.why_not();
    EXPECT_EQ(tree.make_leaf("a.b-c").value(), group.below("hub/mcp-a.b-c-1"));
    group.make("hub/mcp-x-2");
    EXPECT_EQ(tree.make_leaf("x").value(), group.below("hub/mcp-x-3")) << "a name that is taken is left alone";
}

TEST(CgroupTree, belongs_to_one_daemon_at_a_time) {
    const test::TestCgroup group;
    AGENTHUB_NEEDS_CGROUP(group);
    {
        const CgroupTree first = CgroupTree::open(group.path());
        EXPECT_EQ(first.why_not(), "");
        EXPECT_EQ(CgroupTree::open(group.path()).why_not(), "another AgentHub uses the control group " + group.path());
    }
    EXPECT_EQ(CgroupTree::open(group.path()).why_not(), "");
}

TEST(CgroupTree, ends_what_an_earlier_daemon_left_and_nothing_else) {
    const test::TestCgroup group;
    AGENTHUB_NEEDS_CGROUP(group);
    group.make("mcp-empty-3");
    group.make("mcp-nested-5");
    group.make("mcp-nested-5/below");
    group.make("mcp-nested-5/below/deeper");
    const std::string full = group.make("mcp-full-41");
    for (const char* other : {"mcp-", "mcp-x", "mcp-x-0", "mcp-x-1y", "other-1", "daemon"})
        group.make(other);
    const pid_t left = ::fork();
    if (left == 0) {
        if (!join_cgroup(full.c_str()))
            ::_exit(1);
        for (;;)
            ::pause();
    }
    while (test::cgroup_file(full, "cgroup.procs").empty() && ::waitpid(left, nullptr, WNOHANG) == 0) {
    }
    CgroupTree tree = CgroupTree::open(group.path());
    int status = 0;
    ASSERT_EQ(::waitpid(left, &status, 0), left);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "killed, though its daemon and guard were gone";
    auto groups = group.groups();
    std::sort(groups.begin(), groups.end());
    EXPECT_EQ(groups, (Strings{"daemon", "mcp-", "mcp-x", "mcp-x-0", "mcp-x-1y", "other-1"}));
    EXPECT_EQ(tree.make_leaf("full").value(), group.below("mcp-full-42")) << "a guard of before may know the old names";
}

// In a child, because it moves itself.
int take_own_group(const std::string& group) {
    if (!join_cgroup(group.c_str()) || ::setxattr(group.c_str(), "user.delegate", "1", 1, 0) != 0)
        return 1;
    const CgroupTree tree = CgroupTree::open("auto");
    if (tree.directory() != group)
        return 2;
    const bool moved = test::read_file("/proc/self/cgroup").find("/daemon\n") != std::string::npos;
    return moved && test::cgroup_file(group, "cgroup.procs").empty() ? 0 : 3;
}

TEST(CgroupTree, takes_a_delegated_group_and_moves_out_of_the_leaves_way) {
    const test::TestCgroup group;
    AGENTHUB_NEEDS_CGROUP(group);
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(take_own_group(group.path()));
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0) << "exit code " << WEXITSTATUS(status);
}

TEST(CgroupTree, leaves_a_group_alone_that_was_not_delegated) {
    const test::TestCgroup group;
    AGENTHUB_NEEDS_CGROUP(group);
    if (::geteuid() != 0)
        GTEST_SKIP() << "what belongs to a user who is not root is that user's own";
    const pid_t child = ::fork();
    if (child == 0) {
        if (!join_cgroup(group.path().c_str()))
            ::_exit(1);
        const CgroupTree tree = CgroupTree::open("auto");
        ::_exit(tree.why_not().find("is not delegated to AgentHub") != std::string::npos ? 0 : 2);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(group.groups(), Strings());
}

}  // namespace
}  // namespace agenthub
