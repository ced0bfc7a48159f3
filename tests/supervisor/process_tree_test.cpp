// Tests that nothing of a server outlives it, whatever it does, nor outlives its ChildProcess.

#include <signal.h>

#include <fstream>
#include <sstream>

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
