// Tests that nothing outlives the daemon or a guard when these are killed with -9.

#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "tests/supervisor/process_fixture.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

class SuddenDeath : public ProcessFixture {};

// Becomes the daemon's heir of orphans for one test.
class Subreaper {
public:
    Subreaper() { EXPECT_TRUE(become_subreaper()); }
    ~Subreaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }
    Subreaper(const Subreaper&) = delete;
    Subreaper& operator=(const Subreaper&) = delete;
};

TEST_F(SuddenDeath, a_killed_guard_takes_its_server_and_grandchildren_along) {
    const Subreaper subreaper;
    auto body = [&]() -> awaitable<void> {
        auto bystander = co_await start(shell("exec cat"));
        auto child = co_await start(probe("grandchild-and-stay"));
        auto pipes = child->take_pipes();
        const auto pids = co_await read_pids(pipes);
        ::kill(child->guard_pid(), SIGKILL);
        const auto status = co_await child->wait_exit();
        EXPECT_EQ(status.kind, ExitStatus::Kind::unknown);
        co_await child->wait_gone();
        EXPECT_FALSE(is_running(pids.at(0)));
        EXPECT_FALSE(is_running(pids.at(1)));
        EXPECT_TRUE(is_running(bystander->pid())) << "another guard's server";
        EXPECT_TRUE(is_running(bystander->guard_pid()));
        bystander->kill_all();
        const auto ended = co_await bystander->wait_exit();
        EXPECT_EQ(ended.describe(), "was killed by signal 9 (SIGKILL)") << "its status was not taken by the sweep";
        co_await bystander->wait_gone();
    };
    run(body());
}

TEST_F(SuddenDeath, a_guard_killed_during_the_launch_is_noticed) {
    const Subreaper subreaper;
    auto guard = spawn_guard(shell("exec cat"));
    ASSERT_TRUE(guard);
    ::kill(guard->pid, SIGKILL);
    auto body = [&]() -> awaitable<void> {
        auto watch = reaper_.watch(guard->pid, std::move(guard->pidfd)).value();
        co_await watch->wait_gone();
        EXPECT_EQ(reaper_.guards(), 0U);
    };
    run(body());
}

struct FakeDaemon {
    pid_t pid = -1;
    std::vector<pid_t> below;   // grandchildren, servers and guards
    std::vector<pid_t> guards;  // of these
};

// Runs the program fake_daemon with `count` servers and reads who they are.
FakeDaemon run_fake_daemon(int count) {
    int out[2];
    EXPECT_EQ(::pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    std::string words[] = {"fake_daemon", AGENTHUB_TEST_GUARD, AGENTHUB_TEST_PROBE, std::to_string(count)};
    char* argv[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
    FakeDaemon daemon;
    EXPECT_EQ(::posix_spawn(&daemon.pid, AGENTHUB_TEST_DAEMON, &actions, nullptr, argv, environ), 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(out[1]);
    FILE* const lines = ::fdopen(out[0], "r");
    int pids[3];
    while (static_cast<int>(daemon.guards.size()) < count &&
           std::fscanf(lines, "%d %d %d", &pids[0], &pids[1], &pids[2]) == 3) {
        daemon.below.insert(daemon.below.end(), pids, pids + 3);
        daemon.guards.push_back(pids[2]);
    }
    std::fclose(lines);
    EXPECT_EQ(daemon.guards.size(), static_cast<std::size_t>(count));
    return daemon;
}

TEST_F(SuddenDeath, kill_9_of_the_daemon_leaves_nothing_after_two_seconds) {
    const Subreaper subreaper;  // inherits the guards, as init would
    const auto daemon = run_fake_daemon(20);
    for (const pid_t pid : daemon.below)
        EXPECT_TRUE(is_running(pid));
    ::kill(daemon.pid, SIGKILL);
    ::waitpid(daemon.pid, nullptr, 0);
    EXPECT_TRUE(all_end_within(daemon.below, 2s));
    reaper_.sweep();
}

TEST_F(SuddenDeath, kill_9_of_the_daemon_and_of_its_guards_still_ends_the_servers) {
    const Subreaper subreaper;
    const auto daemon = run_fake_daemon(1);
    ::kill(daemon.guards.front(), SIGSTOP);
    ::kill(daemon.pid, SIGKILL);
    ::waitpid(daemon.pid, nullptr, 0);
    ::kill(daemon.guards.front(), SIGKILL);
    EXPECT_TRUE(all_end_within({daemon.below[1], daemon.below[2]}, 2s)) << "the parent-death signal";
    // Nobody is left who could know the grandchild: only a cgroup would.
    ::kill(daemon.below[0], SIGKILL);
    EXPECT_TRUE(all_end_within(daemon.below, 2s));
    reaper_.sweep();
}

}  // namespace
}  // namespace agenthub
