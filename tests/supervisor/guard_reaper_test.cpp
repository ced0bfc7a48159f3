// Tests of the wait for guards. That none stays a zombie and orphans go, is tested with real trees beside this file.

#include "supervisor/guard_reaper.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace agenthub {
namespace {

// Ends by itself after `seconds`, so that a test that waits for it fails instead of hanging.
pid_t fork_sleeper(unsigned seconds) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::sleep(seconds);
        ::_exit(0);
    }
    return pid;
}

UniqueFd pidfd_of(pid_t pid) {
    return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

// Under load the loop reports descriptors ready that are not. Here the descriptor is that of a process that has ended.
TEST(GuardReaper, a_wake_up_before_the_end_does_not_stop_the_loop) {
    asio::io_context loop;
    GuardReaper reaper(loop.get_executor());
    const pid_t ended = fork_sleeper(0);
    UniqueFd ready = pidfd_of(ended);
    ASSERT_EQ(::waitpid(ended, nullptr, 0), ended);
    const pid_t guard = fork_sleeper(20);
    const auto watch = reaper.watch(guard, std::move(ready)).value();

    const auto began = Clock::now();
    loop.run_for(std::chrono::milliseconds(100));
    EXPECT_LT(Clock::now() - began, std::chrono::seconds(10)) << "the loop stood still until the process ended";
    EXPECT_FALSE(watch->is_gone());

    ::kill(guard, SIGKILL);
    ::waitpid(guard, nullptr, 0);
    reaper.cancel();
    loop.run();
}

TEST(GuardReaper, tells_everybody_who_waits_that_a_guard_is_gone) {
    asio::io_context loop;
    GuardReaper reaper(loop.get_executor());
    const pid_t guard = fork_sleeper(0);
    const auto watch = reaper.watch(guard, pidfd_of(guard)).value();
    TaskGroup tasks(loop.get_executor());
    tasks.spawn(watch->wait_gone(), "first");
    tasks.spawn(watch->wait_gone(), "second");
    EXPECT_EQ(reaper.guards(), 1U);
    loop.run_for(std::chrono::seconds(20));
    EXPECT_TRUE(watch->is_gone());
    EXPECT_EQ(reaper.guards(), 0U);
    EXPECT_EQ(::waitpid(guard, nullptr, WNOHANG), -1) << "it has been reaped";
}

}  // namespace
}  // namespace agenthub
