// Tests that nothing outlives its owner: neither a server, nor the daemon, nor a guard.

#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "guard/children.hpp"
#include "tests/supervisor/process_fixture.hpp"

namespace agenthub {
namespace {

using namespace std::chrono_literals;

class ProcessTree : public ProcessFixture {};

TEST_F(ProcessTree, kill_all_reaches_a_double_forked_grandchild) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(probe("grandchild-and-stay"));
        auto pipes = child->take_pipes();
        const auto pids = co_await read_pids(pipes);
        EXPECT_TRUE(is_running(pids.at(0)));
        child->signal(SIGTERM);
        EXPECT_TRUE(is_running(pids.at(1))) << "it ignores that";
        child->kill_all();
        const auto status = co_await child->wait_exit();
        EXPECT_EQ(status.describe(), "was killed by signal 9 (SIGKILL)");
        co_await child->wait_gone();
        EXPECT_FALSE(is_running(pids.at(0)));
        EXPECT_FALSE(is_running(pids.at(1)));
    };
    run(body());
}

TEST_F(ProcessTree, destroying_the_child_process_ends_everything) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(probe("grandchild-and-stay"));
        auto pipes = child->take_pipes();
        const auto pids = co_await read_pids(pipes);
        auto gone = child->wait_gone();
        child.reset();
        co_await std::move(gone);
        EXPECT_FALSE(is_running(pids.at(0)));
        EXPECT_FALSE(is_running(pids.at(1)));
    };
    run(body());
}

TEST_F(ProcessTree, a_server_that_exits_leaves_no_grandchild) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(probe("grandchild-and-exit"));
        auto pipes = child->take_pipes();
        const auto pids = co_await read_pids(pipes);
        const auto status = co_await child->wait_exit();
        EXPECT_EQ(status.describe(), "exited with code 5");
        co_await child->wait_gone();
        EXPECT_FALSE(is_running(pids.at(0)));
        const auto rest = co_await read_to_end(std::move(pipes.stdout_read));
        EXPECT_EQ(rest, "") << "no copy of the pipe is left either";
    };
    run(body());
}

TEST_F(ProcessTree, a_stopped_server_is_killed) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(shell("kill -STOP $$"));
        child->kill_all();
        co_await child->wait_gone();
    };
    run(body());
}

TEST_F(ProcessTree, a_chain_that_forks_away_into_new_sessions_is_caught) {
    auto body = [&]() -> awaitable<void> {
        for (int i = 0; i < 10; ++i) {
            auto child = co_await start(probe("run-away"));
            auto pipes = child->take_pipes();
            co_await read_pids(pipes);
            child->kill_all();
            co_await child->wait_gone();
            const auto rest = co_await read_to_end(std::move(pipes.stdout_read));
            EXPECT_EQ(rest, "");
        }
    };
    run(body());
}

TEST_F(ProcessTree, a_guard_ignores_what_is_not_meant_for_it) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(shell("trap 'exit 4' TERM; echo $$; while :; do sleep 1000 & wait; done"));
        auto pipes = child->take_pipes();
        co_await read_pids(pipes);
        for (const int signum : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGQUIT, SIGUSR1, SIGTSTP})
            ::kill(child->guard_pid(), signum);
        EXPECT_TRUE(is_running(child->pid()));
        child->signal(SIGTERM);  // handled after the signals above: they were ignored
        const auto status = co_await child->wait_exit();
        EXPECT_EQ(status.describe(), "exited with code 4");
        co_await child->wait_gone();
    };
    run(body());
}

TEST_F(ProcessTree, a_guard_is_small_and_bears_its_own_name) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(shell("echo 1; exec cat"));
        auto pipes = child->take_pipes();
        co_await read_pids(pipes);
        std::ifstream status("/proc/" + std::to_string(child->guard_pid()) + "/status");
        std::string name;
        long rss = 0;
        for (std::string line; std::getline(status, line);) {
            std::istringstream words(line);
            std::string key;
            words >> key;
            if (key == "Name:")
                words >> name;
            if (key == "VmRSS:")
                words >> rss;
        }
        EXPECT_EQ(name, "mcp-guard") << "pkill agenthub must not hit it";
        EXPECT_GT(rss, 0);
        EXPECT_LT(rss, 1024) << "KiB";
        child->kill_all();
        co_await child->wait_gone();
    };
    run(body());
}

// Becomes the daemon's heir of orphans for one test.
class Subreaper {
public:
    Subreaper() { EXPECT_TRUE(become_subreaper()); }
    ~Subreaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }
    Subreaper(const Subreaper&) = delete;
    Subreaper& operator=(const Subreaper&) = delete;
};

TEST_F(ProcessTree, a_killed_guard_takes_its_server_and_grandchildren_along) {
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

TEST_F(ProcessTree, a_guard_killed_during_the_launch_is_noticed) {
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

TEST_F(ProcessTree, kill_9_of_the_daemon_leaves_nothing_after_two_seconds) {
    const Subreaper subreaper;  // inherits the guards, as init would
    const auto daemon = run_fake_daemon(20);
    for (const pid_t pid : daemon.below)
        EXPECT_TRUE(is_running(pid));
    ::kill(daemon.pid, SIGKILL);
    ::waitpid(daemon.pid, nullptr, 0);
    EXPECT_TRUE(all_end_within(daemon.below, 2s));
    reaper_.sweep();
}

TEST_F(ProcessTree, kill_9_of_the_daemon_and_of_its_guards_still_ends_the_servers) {
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

TEST_F(ProcessTree, two_hundred_launches_and_kills_leave_nothing) {
    auto body = [&]() -> awaitable<void> {
        for (int i = 0; i < 200; ++i) {
            auto child = co_await start(shell("sleep 1000 & echo $!; wait"));
            auto pipes = child->take_pipes();
            const auto pids = co_await read_pids(pipes);
            if (i % 2 == 0)
                child->kill_all();
            else
                ::kill(child->pid(), SIGKILL);
            const auto status = co_await child->wait_exit();
            EXPECT_EQ(status.describe(), "was killed by signal 9 (SIGKILL)");
            co_await child->wait_gone();
            EXPECT_FALSE(is_running(pids.at(0)));
        }
    };
    run(body(), 60s);
}

TEST_F(ProcessTree, the_reaper_counts_the_trees) {
    auto body = [&]() -> awaitable<void> {
        auto first = co_await start(shell("exec cat"));
        auto second = co_await start(shell("exec cat"));
        EXPECT_EQ(reaper_.guards(), 2U);
        auto gone = first->wait_gone();
        first.reset();
        co_await std::move(gone);
        EXPECT_EQ(reaper_.guards(), 1U);
        EXPECT_EQ(list_children().size(), 1U);
        second.reset();
    };
    run(body());
}

}  // namespace
}  // namespace agenthub
