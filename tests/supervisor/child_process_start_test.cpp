// Tests of ChildProcess: what can go wrong at its start, and what is said about it.

#include <cstdlib>

#include "supervisor/child_process.hpp"
#include "tests/supervisor/process_fixture.hpp"
#include "tests/supervisor/temporary_file.hpp"

namespace agenthub {
namespace {

class ChildProcessStart : public ProcessFixture {};

TEST_F(ChildProcessStart, says_why_a_command_cannot_be_run) {
    const TemporaryFile not_executable("#!/bin/sh\n", 0600);
    const TemporaryFile no_first_line("echo a shell ran me\n", 0700);
    const TemporaryFile no_interpreter("#!/nonexistent/interpreter\n", 0700);
    const auto with = [&](const std::string& command, const std::string& cwd = "") {
        auto spec = shell("");
        spec.command = command;
        spec.cwd = cwd;
        return spec;
    };
    auto only_refused = with("command");
    only_refused.env = {{"PATH", not_executable.directory() + ":/usr/bin"}};
    auto too_many_files = with("sh");
    too_many_files.limits.nofile = 1ULL << 40;  // beyond what the kernel allows even to root
    auto too_long = with("sh");
    too_long.args.assign(40, std::string(100'000, 'x'));
    const std::pair<LaunchSpec, const char*> cases[] = {
        {with("agenthub-no-such-command"), "it is in no directory of the server's PATH (/usr/bin:/bin)"},
        {with("/nonexistent/command"), "cannot run '/nonexistent/command': No such file or directory"},
        {with("/tmp"), "Permission denied"},
        {with(not_executable.path()), "Permission denied"},
        {only_refused, "Permission denied"},
        {with(no_first_line.path()), "Exec format error"},
        {with(no_interpreter.path()), "not the interpreter its first line names"},
        {with("sh", "/nonexistent"), "cannot run 'sh' in '/nonexistent': No such file or directory"},
        {too_many_files, "its resource limits cannot be set: Operation not permitted"},
        {too_long, "Argument list too long"},
        {with(std::string("a\0b", 3)), "NUL byte"},
    };
    for (const auto& [spec, expected] : cases) {
        auto body = [&]() -> awaitable<void> {
            const auto launched = co_await ChildProcess::launch(reaper_, spec, Deadline());
            EXPECT_FALSE(launched) << expected;
            if (!launched) {
                EXPECT_EQ(launched.error().code, errc::start_failed);
                EXPECT_NE(launched.error().message.find(expected), std::string::npos) << launched.error().message;
            }
        };
        run(body());
    }
}

TEST_F(ChildProcessStart, finds_a_command_behind_a_refused_one_in_the_path) {
    const TemporaryFile refused("", 0600);
    const TemporaryFile good("#!/bin/sh\necho found\n", 0700);
    auto spec = shell("");
    spec.command = "command";
    spec.env = {{"PATH", "/nonexistent:" + refused.directory() + ":" + good.directory()}};
    auto body = [&]() -> awaitable<void> {
        const auto output = co_await output_of(spec);
        EXPECT_EQ(output, "found\n");
    };
    run(body());
}

TEST_F(ChildProcessStart, says_what_to_do_without_a_guard) {
    auto spec = shell("exit 0");
    spec.guard_path = "/nonexistent/mcp-guard";
    auto body = [&]() -> awaitable<void> {
        const auto launched = co_await ChildProcess::launch(reaper_, spec, Deadline());
        EXPECT_EQ(launched.error().code, errc::start_failed);
        EXPECT_NE(launched.error().message.find("/nonexistent/mcp-guard"), std::string::npos);
    };
    run(body());
}

TEST_F(ChildProcessStart, notices_a_guard_that_is_none) {
    auto spec = shell("exit 0");
    spec.guard_path = "/bin/true";
    auto body = [&]() -> awaitable<void> {
        const auto launched = co_await ChildProcess::launch(reaper_, spec, Deadline());
        EXPECT_EQ(launched.error().code, errc::start_failed);
        EXPECT_NE(launched.error().message.find("ended before the start"), std::string::npos);
    };
    run(body());
}

// A guard that never answers, and ends as every guard does: when the daemon closes the control channel.
constexpr const char* kSilentGuard = "#!/bin/sh\nexec cat <&3\n";

TEST_F(ChildProcessStart, a_launch_past_its_deadline_leaves_nothing) {
    const TemporaryFile silent_guard(kSilentGuard, 0700);
    auto spec = shell("exit 0");
    spec.guard_path = silent_guard.path();
    auto body = [&]() -> awaitable<void> {
        const auto deadline = Deadline::after(std::chrono::milliseconds(20));
        const auto launched = co_await ChildProcess::launch(reaper_, spec, deadline);
        EXPECT_EQ(launched.error().code, errc::start_timeout);
    };
    run(body());
}

TEST_F(ChildProcessStart, a_cancelled_launch_leaves_nothing) {
    // A real guard may have answered before the cancellation comes; this one never does.
    const TemporaryFile silent_guard(kSilentGuard, 0700);
    auto spec = shell("exit 0");
    spec.guard_path = silent_guard.path();
    auto launching = [&]() -> awaitable<void> {
        co_await ChildProcess::launch(reaper_, spec, Deadline());
        ADD_FAILURE() << "was not cancelled";
    };
    auto body = [&]() -> awaitable<void> {
        TaskGroup group(loop_.get_executor());
        group.spawn(launching(), "launch");
        // Until the guard is there: the launch then waits for its answer.
        while (reaper_.guards() == 0)
            co_await asio::post(loop_.get_executor(), use_awaitable);
        group.cancel();
        co_await group.join();
    };
    run(body());
}

TEST_F(ChildProcessStart, names_the_missing_guard_program) {
    ::unsetenv("AGENTHUB_GUARD");
    const auto none = find_guard();
    ASSERT_FALSE(none) << "the tests do not stand beside mcp-guard";
    EXPECT_NE(none.error().message.find("$AGENTHUB_GUARD"), std::string::npos);
    ::setenv("AGENTHUB_GUARD", AGENTHUB_TEST_GUARD, 1);
    EXPECT_EQ(find_guard().value(), AGENTHUB_TEST_GUARD);
    ::setenv("AGENTHUB_GUARD", "/etc/passwd", 1);
    EXPECT_FALSE(find_guard());
    ::unsetenv("AGENTHUB_GUARD");
}

}  // namespace
}  // namespace agenthub
