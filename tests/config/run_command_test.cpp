// Real programs below a real guard.

#include "config/run_command.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <sstream>
#include <thread>

#include "base/unique_fd.hpp"

#include "tests/support/processes.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait_until.hpp"

namespace agenthub {
namespace {

class RunCommand : public testing::Test {
protected:
    void SetUp() override {
        ::setenv("AGENTHUB_GUARD", AGENTHUB_TEST_GUARD, 1);
        call_.timeout = Duration(20'000);
    }
    result<CommandOutcome> shell(const std::string& script) {
        call_.argv = {"/bin/sh", "-c", script};
        return run_command(call_);
    }

    CommandCall call_;
};

TEST_F(RunCommand, what_it_writes_and_how_it_ends) {
    const auto outcome = shell("printf 'on out'; printf 'on err' >&2; exit 3");
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->out, "on out");
    EXPECT_EQ(outcome->err, "on err");
    EXPECT_FALSE(outcome->succeeded());
    EXPECT_EQ(outcome->status_text(), "exit code 3");
    const auto killed = shell("kill -9 $$");
    ASSERT_TRUE(killed);
    EXPECT_EQ(killed->status_text(), "signal 9");
    EXPECT_TRUE(shell("true").value().succeeded());
}

TEST_F(RunCommand, no_shell_no_input_and_the_environment_it_is_given) {
    ::setenv("AGENTHUB_TEST_OF_COMMANDS", "inherited", 1);
    call_.argv = {"printf", "%s|", "a b", "$HOME", "*"};
    EXPECT_EQ(run_command(call_).value().out, "a b|$HOME|*|");
    EXPECT_EQ(shell("cat").value().out, "") << "nobody types";
    call_.env = {{"MORE", "given"}, {"HOME", "/nowhere"}};
    EXPECT_EQ(shell("echo $AGENTHUB_TEST_OF_COMMANDS $MORE $HOME").value().out, "inherited given /nowhere\n");
}

TEST_F(RunCommand, a_program_that_is_not_there) {
    call_.argv = {"/no/such/program", "s3cret-argument"};
    const auto outcome = run_command(call_);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, errc::start_failed);
    EXPECT_EQ(outcome.error().message, "No such file or directory");
}

TEST_F(RunCommand, output_at_the_limit_and_one_over) {
    call_.max_bytes = 1000;
    EXPECT_EQ(shell("head -c 1000 /dev/zero | tr '\\0' x").value().out, std::string(1000, 'x'));
    const auto over = shell("head -c 1001 /dev/zero | tr '\\0' x");
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, errc::too_large);
    EXPECT_FALSE(shell("yes")) << "one that never stops is killed";
    EXPECT_TRUE(shell("head -c 1000000 /dev/zero >&2").value().succeeded()) << "of stderr only the beginning is kept";
}

TEST_F(RunCommand, at_the_timeout_everything_below_it_is_killed) {
    const test::TempDir dir;
    const std::string pids = dir.file("pids");
    call_.timeout = Duration(3000);
    // One in its own session, one that nothing but SIGKILL ends, one whose parent has gone.
    const auto outcome =
        shell("trap '' TERM; setsid sh -c 'echo $$ >>" + pids + "; sleep 600' & sh -c 'setsid sh -c \"echo \\$\\$ >>" +
              pids + "; sleep 600\" &' ; echo $$ >>" + pids + "; sleep 600");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, errc::timeout);
    EXPECT_EQ(outcome.error().message, "did not end within 3000 ms");
    const std::string text = test::read_file(pids);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
    std::istringstream numbers(text);
    for (pid_t pid = 0; numbers >> pid;)
        EXPECT_FALSE(test::is_alive(pid)) << pid;
}

TEST_F(RunCommand, what_it_leaves_running_does_not_keep_it_and_is_killed) {
    const test::TempDir dir;
    const auto outcome = shell("sleep 600 & echo $! > " + dir.file("pid") + "; echo done");
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->out, "done\n");
    EXPECT_FALSE(test::is_alive(std::stoi(test::read_file(dir.file("pid")))));
}

TEST_F(RunCommand, whoever_else_holds_its_output_does_not_keep_it) {
    const test::TempDir dir;
    UniqueFd out, err;
    std::jthread holder([&] {
        const auto known = [&] { return test::read_file(dir.file("pid")).ends_with('\n'); };
        if (!test::wait_until(known, std::chrono::seconds(15)))
            return;
        const std::string fds = "/proc/" + std::to_string(std::stoi(test::read_file(dir.file("pid")))) + "/fd/";
        out = UniqueFd(::open((fds + "1").c_str(), O_WRONLY | O_CLOEXEC));
        err = UniqueFd(::open((fds + "2").c_str(), O_WRONLY | O_CLOEXEC));
        test::write_file(dir.file("go"), "");
    });
    const auto outcome =
        shell("echo done; echo $$ > " + dir.file("pid") + "; until [ -e " + dir.file("go") + " ]; do sleep 0.02; done");
    holder.join();
    ASSERT_TRUE(out && err) << "the test did not get hold of its output";
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->out, "done\n");
}

}  // namespace
}  // namespace agenthub
