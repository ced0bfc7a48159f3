// Tests of a server in its control group: it enters before its exec, and the group ends with it, however it ends.

#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "supervisor/memory_shortage.hpp"
#include "tests/supervisor/process_fixture.hpp"
#include "tests/support/test_cgroup.hpp"

namespace agenthub {
namespace {

using Strings = std::vector<std::string>;

class CgroupProcess : public ProcessFixture {
protected:
    static LaunchSpec in(const std::string& group, LaunchSpec spec) {
        spec.cgroup = group;
        return spec;
    }
    // A server that waits to be told its end, in a directory of plain files that says what a memory controller would.
    awaitable<ExitStatus> end_of(const std::string& events, int signum, bool by_agenthub) {
        const test::TempDir fake;
        test::write_file(fake.file("cgroup.procs"), "");
        test::write_file(fake.file("memory.events"), events);
        auto child = co_await start(in(fake.path(), shell("exec cat")));
        if (by_agenthub)
            child->signal(signum);
        else
            ::kill(child->pid(), signum);
        const auto status = co_await child->wait_exit();
        co_await child->wait_gone();
        co_return status;
    }

    test::TestCgroup group_;
};

std::string cgroup_of(pid_t pid) {
    std::istringstream lines(test::read_file("/proc/" + std::to_string(pid) + "/cgroup"));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("0::"))
            return test::cgroup2_mount() + line.substr(3);
    return {};
}

TEST_F(CgroupProcess, holds_the_server_and_all_it_starts_and_not_the_guard) {
    AGENTHUB_NEEDS_CGROUP(group_);
    auto body = [&]() -> awaitable<void> {
        const std::string leaf = group_.make("leaf");
        auto child = co_await start(in(leaf, probe("grandchild-and-stay")));
        auto pipes = child->take_pipes();
        const auto pids = co_await read_pids(pipes);
        EXPECT_EQ(cgroup_of(child->pid()), leaf);
        EXPECT_EQ(cgroup_of(pids.at(0)), leaf) << "double-forked";
        EXPECT_NE(cgroup_of(child->guard_pid()), leaf);
        child->kill_all();
        const auto status = co_await child->wait_exit();
        EXPECT_EQ(status.describe(), "was killed by signal 9 (SIGKILL)");
        co_await child->wait_gone();
        EXPECT_FALSE(is_running(pids.at(0)));
        EXPECT_EQ(group_.groups(), Strings());
    };
    run(body());
}

TEST_F(CgroupProcess, ends_with_a_server_that_exits_by_itself) {
    AGENTHUB_NEEDS_CGROUP(group_);
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(in(group_.make("leaf"), probe("grandchild-and-exit")));
        auto pipes = child->take_pipes();
        const auto pids = co_await read_pids(pipes);
        const auto status = co_await child->wait_exit();
        EXPECT_EQ(status.describe(), "exited with code 5");
        co_await child->wait_gone();
        EXPECT_FALSE(is_running(pids.at(0)));
        EXPECT_EQ(group_.groups(), Strings());
    };
    run(body());
}

TEST_F(CgroupProcess, ends_with_the_groups_that_the_server_made_in_it) {
    AGENTHUB_NEEDS_CGROUP(group_);
    auto body = [&]() -> awaitable<void> {
        const std::string leaf = group_.make("leaf");
        auto child = co_await start(in(leaf, shell("mkdir -p " + leaf + "/a/b " + leaf + "/c && echo 0 >" + leaf +
                                                   "/a/b/cgroup.procs && echo 1 && exec cat")));
        auto pipes = child->take_pipes();
        co_await read_pids(pipes);
        EXPECT_EQ(cgroup_of(child->pid()), leaf + "/a/b");
        child->kill_all();
        co_await child->wait_gone();
        EXPECT_EQ(group_.groups(), Strings());
    };
    run(body());
}

TEST_F(CgroupProcess, kills_also_who_is_no_descendant_of_the_guard) {
    AGENTHUB_NEEDS_CGROUP(group_);
    auto body = [&]() -> awaitable<void> {
        const std::string leaf = group_.make("leaf");
        auto child = co_await start(in(leaf, shell("exec cat")));
        // Another guard's server, put into the group: the list of children would not find it.
        auto stranger = co_await start(shell("exec cat"));
        test::write_file(leaf + "/cgroup.procs", std::to_string(stranger->pid()));
        EXPECT_EQ(cgroup_of(stranger->pid()), leaf);
        child->kill_all();
        const auto status = co_await stranger->wait_exit();
        EXPECT_EQ(status.value, SIGKILL);
        co_await child->wait_gone();
        co_await stranger->wait_gone();
        EXPECT_EQ(group_.groups(), Strings());
    };
    run(body());
}

TEST_F(CgroupProcess, a_server_that_left_its_group_is_killed_all_the_same) {
    AGENTHUB_NEEDS_CGROUP(group_);
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(
            in(group_.make("leaf"), shell("echo 0 >" + group_.path() + "/cgroup.procs && echo 1 && exec cat")));
        auto pipes = child->take_pipes();
        co_await read_pids(pipes);
        EXPECT_EQ(cgroup_of(child->pid()), group_.path());
        child->kill_all();
        co_await child->wait_gone();
        EXPECT_FALSE(is_running(child->pid()));
        EXPECT_EQ(group_.groups(), Strings());
    };
    run(body());
}

TEST_F(CgroupProcess, is_ended_by_the_daemon_when_its_guard_is_killed) {
    AGENTHUB_NEEDS_CGROUP(group_);
    ASSERT_TRUE(become_subreaper());
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(in(group_.make("leaf"), probe("grandchild-and-stay")));
        auto pipes = child->take_pipes();
        const auto pids = co_await read_pids(pipes);
        ::kill(child->guard_pid(), SIGKILL);
        co_await child->wait_gone();
        EXPECT_FALSE(is_running(pids.at(0)));
        EXPECT_EQ(group_.groups(), Strings());
    };
    run(body());
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST_F(CgroupProcess, that_cannot_be_entered_is_said_and_nothing_is_run) {
    auto body = [&]() -> awaitable<void> {
        const auto launched =
            co_await ChildProcess::launch(reaper_, in("/nonexistent/leaf", shell("touch /tmp/never")), Deadline());
        EXPECT_FALSE(launched);
        if (!launched) {
            EXPECT_EQ(launched.error().code, errc::start_failed);
            EXPECT_EQ(
                launched.error().message,
                "cannot run 'sh': it cannot enter its control group /nonexistent/leaf: No such file or directory. "
                "Let AgentHub's user write to cgroup.procs there and in the group that this one and AgentHub have "
                "in common (systemd: Delegate=yes), or set \"cgroup\": \"off\".");
        }
    };
    run(body());
}

TEST_F(CgroupProcess, is_gone_after_a_start_that_failed) {
    AGENTHUB_NEEDS_CGROUP(group_);
    auto no_command = in(group_.make("leaf"), shell(""));
    no_command.command = "/nonexistent/command";
    auto no_guard = in(group_.make("leaf2"), shell(""));
    no_guard.guard_path = "/nonexistent/guard";
    auto body = [&]() -> awaitable<void> {
        const auto first = co_await ChildProcess::launch(reaper_, no_command, Deadline());
        EXPECT_FALSE(first);
        const auto second = co_await ChildProcess::launch(reaper_, no_guard, Deadline());
        EXPECT_FALSE(second);
        co_await reaper_.join();
        EXPECT_EQ(group_.groups(), Strings());
    };
    run(body());
}

TEST_F(CgroupProcess, tells_a_death_for_want_of_memory_from_others) {
    auto body = [&]() -> awaitable<void> {
        const std::string one = "low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\noom_group_kill 0\n";
        const std::string none = "low 0\nhigh 0\nmax 9\noom 1\noom_kill 0\noom_group_kill 7\n";
        const auto short_of_memory = co_await end_of(one, SIGKILL, false);
        EXPECT_TRUE(short_of_memory.killed_for_memory);
        EXPECT_EQ(short_of_memory.describe(), "was killed because memory ran out");
        const auto by_somebody = co_await end_of(none, SIGKILL, false);
        EXPECT_EQ(by_somebody.describe(), "was killed by signal 9 (SIGKILL)");
        const auto by_us = co_await end_of(one, SIGKILL, true);
        EXPECT_FALSE(by_us.killed_for_memory) << "AgentHub did it, whatever happened before";
        const auto otherwise = co_await end_of(one, SIGSEGV, false);
        EXPECT_EQ(otherwise.describe(), "was killed by signal 11 (SIGSEGV)");
    };
    run(body());
}

TEST_F(CgroupProcess, without_a_group_asks_the_machine_whether_it_ran_out_of_memory) {
    const auto now = machine_oom_kills();
    if (!now)
        GTEST_SKIP() << "this kernel does not count";
    auto body = [&]() -> awaitable<void> {
        for (const std::int64_t before : {*now - 1, *now}) {
            auto spec = shell("exec cat");
            spec.oom_kills_before = before;
            auto child = co_await start(std::move(spec));
            ::kill(child->pid(), SIGKILL);
            const auto status = co_await child->wait_exit();
            EXPECT_EQ(status.killed_for_memory, before < *now);
            co_await child->wait_gone();
        }
    };
    run(body());
}

}  // namespace
}  // namespace agenthub
