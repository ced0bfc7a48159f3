// Tests of ChildProcess: what a server is given, and how its end is told.

#include "supervisor/child_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/supervisor/process_fixture.hpp"
#include "tests/supervisor/temporary_file.hpp"

namespace agenthub {
namespace {

class ChildProcessTest : public ProcessFixture {};

TEST_F(ChildProcessTest, hands_arguments_over_unharmed) {
    const std::vector<std::string> args = {
        "",   " ",     "two words", "\"quoted\"", "it's",     "line\nbreak",           "$HOME", "*", "`id`",
        "--", "--cwd", "a;b|c&d",   "\\",         "\xc3\xa9", std::string(100000, 'x')};
    std::string expected;
    for (const auto& arg : args)
        expected += std::to_string(arg.size()) + ":" + arg;
    auto body = [&]() -> awaitable<void> {
        const auto output = co_await output_of(probe("arguments", args));
        EXPECT_EQ(output, expected);
    };
    run(body());
}

TEST_F(ChildProcessTest, gives_exactly_the_environment) {
    ::setenv("AGENTHUB_TEST_LEAK", "1", 1);
    auto spec = probe("environment");
    spec.env = {{"A", "1"}, {"EMPTY", ""}, {"SPACES", " x y "}, {"EQUALS", "a=b"}, {"LINES", "1\n2"}};
    auto body = [&]() -> awaitable<void> {
        const auto output = co_await output_of(spec);
        EXPECT_EQ(output, "3:A=16:EMPTY=12:SPACES= x y 10:EQUALS=a=b9:LINES=1\n2");
    };
    run(body());
    ::unsetenv("AGENTHUB_TEST_LEAK");
}

TEST_F(ChildProcessTest, starts_in_the_given_directory) {
    auto spec = shell("pwd -P");
    spec.cwd = "/usr/bin";
    auto body = [&]() -> awaitable<void> {
        const auto output = co_await output_of(spec);
        EXPECT_EQ(output, "/usr/bin\n");
    };
    run(body());
}

TEST_F(ChildProcessTest, finds_a_relative_command_from_its_directory) {
    const TemporaryFile file("#!/bin/sh\necho here\n", 0700);
    auto spec = shell("");
    spec.command = "./command";
    spec.cwd = file.directory();
    auto body = [&]() -> awaitable<void> {
        const auto output = co_await output_of(spec);
        EXPECT_EQ(output, "here\n");
    };
    run(body());
}

TEST_F(ChildProcessTest, passes_no_descriptor_on) {
    // As Asio makes them: without close-on-exec.
    const UniqueFd listener(::socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    const UniqueFd high(::fcntl(listener.get(), F_DUPFD, 500));
    ASSERT_TRUE(high);
    auto body = [&]() -> awaitable<void> {
        const auto output = co_await output_of(probe("descriptors"));
        EXPECT_EQ(output, "0 1 2 ") << "an n marks a non-blocking one";
    };
    run(body());
}

TEST_F(ChildProcessTest, starts_with_default_signals_in_its_own_session) {
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGUSR1, SIG_IGN);
    sigset_t blocked;
    sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::sigaddset(&blocked, SIGRTMIN + 3);
    ::sigprocmask(SIG_BLOCK, &blocked, &before);
    auto spec = probe("process");
    spec.limits = {64, 0, 1ULL << 33};
    auto body = [&]() -> awaitable<void> {
        const auto output = co_await output_of(spec);
        EXPECT_EQ(output,
                  "own_session 1\nown_group 1\ndeath_signal 9\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"
                  "nofile 64 64\ncore 0\nas 8589934592\n");
    };
    run(body());
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    ::signal(SIGUSR1, SIG_DFL);
}

TEST_F(ChildProcessTest, keeps_working_when_the_daemon_has_no_stdio) {
    // The pipes then get the numbers 0 to 2 themselves.
    UniqueFd saved[3];
    for (int fd = 0; fd < 3; ++fd) {
        saved[fd].reset(::fcntl(fd, F_DUPFD_CLOEXEC, 10));
        ::close(fd);
    }
    std::string output;
    auto body = [&]() -> awaitable<void> { output = co_await output_of(probe("descriptors")); };
    run(body());
    run(reaper_.join());
    for (int fd = 0; fd < 3; ++fd)
        ::dup2(saved[fd].get(), fd);
    EXPECT_EQ(output, "0 1 2 ");
}

TEST_F(ChildProcessTest, tells_exit_codes_and_signals) {
    const std::pair<const char*, const char*> cases[] = {{"exit 0", "exited with code 0"},
                                                         {"exit 3", "exited with code 3"},
                                                         {"exit 255", "exited with code 255"},
                                                         {"kill -9 $$", "was killed by signal 9 (SIGKILL)"},
                                                         {"kill -11 $$", "was killed by signal 11 (SIGSEGV)"}};
    for (const auto& [script, expected] : cases) {
        auto body = [&]() -> awaitable<void> {
            auto child = co_await start(shell(script));
            const auto status = co_await child->wait_exit();
            EXPECT_EQ(status.describe(), expected);
            const auto again = co_await child->wait_exit();
            EXPECT_EQ(again, status);
            co_await child->wait_gone();
        };
        run(body());
    }
}

TEST_F(ChildProcessTest, carries_stdio_both_ways_and_ends_at_end_of_file) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(shell("echo oops >&2; exec cat"));
        EXPECT_GT(child->pid(), 1);
        auto pipes = child->take_pipes();
        EXPECT_EQ(::write(pipes.stdin_write.get(), "ping", 4), 4);
        pipes.stdin_write.reset();
        const auto out = co_await read_to_end(std::move(pipes.stdout_read));
        const auto err = co_await read_to_end(std::move(pipes.stderr_read));
        EXPECT_EQ(out, "ping");
        EXPECT_EQ(err, "oops\n");
        const auto status = co_await child->wait_exit();
        EXPECT_EQ(status.describe(), "exited with code 0");
        co_await child->wait_gone();
    };
    run(body());
}

TEST_F(ChildProcessTest, signals_the_whole_process_group) {
    auto body = [&]() -> awaitable<void> {
        auto child = co_await start(shell("sleep 1000 & trap 'wait; exit 7' TERM; echo $!; wait"));
        auto pipes = child->take_pipes();
        const auto pids = co_await read_pids(pipes);
        child->signal(SIGTERM);
        const auto status = co_await child->wait_exit();
        EXPECT_EQ(status.describe(), "exited with code 7") << "its trap waited for the other process to end";
        EXPECT_TRUE(all_end_within(pids, std::chrono::seconds(2)));
        child->signal(SIGTERM);  // to nobody: no effect
        co_await child->wait_gone();
    };
    run(body());
}

}  // namespace
}  // namespace agenthub
