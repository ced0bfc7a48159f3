// Tests of what is said about a server that cannot be started, and of the words for an exit.

#include "supervisor/launch_spec.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>

#include "supervisor/exit_status.hpp"

namespace agenthub {
namespace {

LaunchSpec spec() {
    LaunchSpec out;
    out.command = "npx";
    out.cwd = "/srv/x";
    out.env = {{"PATH", "/usr/bin:/bin"}};
    return out;
}

TEST(LaunchSpec, accepts_what_can_be_handed_to_a_process) {
    auto fine = spec();
    fine.args = {"", " ", "a\nb", "\"'$`\\"};
    fine.env.emplace_back("EMPTY", "");
    fine.env.emplace_back("EQUALS", "a=b");
    EXPECT_TRUE(check_launch_spec(fine));
}

TEST(LaunchSpec, refuses_what_cannot_be_handed_to_a_process) {
    const std::string nul("a\0b", 3);
    auto no_command = spec();
    no_command.command.clear();
    auto command = spec();
    command.command = nul;
    auto arg = spec();
    arg.args = {"fine", nul};
    auto name = spec();
    name.env.emplace_back(nul, "v");
    auto value = spec();
    value.env.emplace_back("K", nul);
    auto cwd = spec();
    cwd.cwd = nul;
    auto empty_name = spec();
    empty_name.env.emplace_back("", "v");
    auto equals = spec();
    equals.env.emplace_back("A=B", "v");
    for (const auto& bad : {no_command, command, arg, name, value, cwd, empty_name, equals}) {
        const auto checked = check_launch_spec(bad);
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().code, errc::start_failed);
    }
}

TEST(LaunchSpec, errors_say_what_failed_and_what_to_do) {
    const auto says = [](GuardStage stage, int errno_value, const char* text) {
        EXPECT_EQ(launch_error(spec(), stage, errno_value).message, text);
    };
    says(GuardStage::exec, ENOENT,
         "cannot run 'npx': it is in no directory of the server's PATH (/usr/bin:/bin). Install it, give its full path "
         "as \"command\", or set PATH in \"env\".");
    says(GuardStage::exec, EACCES,
         "cannot run 'npx': Permission denied. Make it an executable file (chmod +x) that AgentHub's user may run, or "
         "correct \"command\".");
    says(GuardStage::exec, ENOEXEC,
         "cannot run 'npx': Exec format error. A script needs a first line such as #!/bin/sh; or name its interpreter "
         "as \"command\".");
    says(GuardStage::interpreter, ENOENT,
         "cannot run 'npx': the file is there, but not the interpreter its first line names. Install that, or name an "
         "interpreter as \"command\".");
    says(GuardStage::directory, ENOENT,
         "cannot run 'npx' in '/srv/x': No such file or directory. Create this directory, or correct \"cwd\".");
    says(GuardStage::fork, EAGAIN,
         "cannot make a process for 'npx': Resource temporarily unavailable. The machine is short of memory or "
         "processes: see ulimit -u and the service's TasksMax.");
}

TEST(LaunchSpec, errors_never_show_what_a_variable_held) {
    auto secret = spec();
    secret.command = "/opt/hidden/run";
    secret.cwd = "/srv/hidden";
    secret.written_command = "/opt/${KEY}/run";
    secret.written_cwd = "/srv/${KEY}";
    for (const auto stage : {GuardStage::exec, GuardStage::interpreter, GuardStage::directory, GuardStage::fork}) {
        const auto text = launch_error(secret, stage, ENOENT).message;
        EXPECT_NE(text.find("/opt/${KEY}/run"), std::string::npos) << text;
        EXPECT_EQ(text.find("hidden"), std::string::npos) << text;
    }
}

TEST(LaunchSpec, only_a_shortage_of_the_machine_is_worth_another_attempt) {
    EXPECT_EQ(launch_error(spec(), GuardStage::fork, EAGAIN).code, errc::busy);
    for (const auto stage :
         {GuardStage::exec, GuardStage::interpreter, GuardStage::directory, GuardStage::limit, GuardStage::cgroup})
        EXPECT_EQ(launch_error(spec(), stage, ENOENT).code, errc::start_failed);
}

TEST(ExitStatus, reads_what_wait_stores) {
    using Kind = ExitStatus::Kind;
    EXPECT_EQ(ExitStatus::from_wait_status(0), (ExitStatus{Kind::exited, 0}));
    EXPECT_EQ(ExitStatus::from_wait_status(3 << 8), (ExitStatus{Kind::exited, 3}));
    EXPECT_EQ(ExitStatus::from_wait_status(SIGKILL), (ExitStatus{Kind::signaled, SIGKILL}));
    EXPECT_EQ(ExitStatus::from_wait_status(SIGSEGV | 0x80), (ExitStatus{Kind::signaled, SIGSEGV}));  // with a core
}

TEST(ExitStatus, describes_itself) {
    using Kind = ExitStatus::Kind;
    EXPECT_EQ((ExitStatus{Kind::exited, 3}).describe(), "exited with code 3");
    EXPECT_EQ((ExitStatus{Kind::signaled, 9}).describe(), "was killed by signal 9 (SIGKILL)");
    EXPECT_EQ((ExitStatus{Kind::signaled, 63}).describe(), "was killed by signal 63");
    EXPECT_EQ((ExitStatus{Kind::signaled, 9, true}).describe(), "was killed because memory ran out");
    EXPECT_EQ(ExitStatus{}.describe(), "ended together with its guard process, which was killed");
}

}  // namespace
}  // namespace agenthub
