#include "hooks/command_hook.hpp"

#include <signal.h>
#include <stdlib.h>

#include "tests/hooks/seen_call.hpp"

namespace agenthub::test {
namespace {

using Action = HookVerdict::Action;

class CommandHookTest : public ::testing::Test {
protected:
    CommandHookTest() {
        ::setenv("AGENTHUB_GUARD", AGENTHUB_TEST_GUARD, 1);
        ::signal(SIGPIPE, SIG_IGN);  // as in the daemon
    }

    void with_runner(std::size_t most, const std::function<awaitable<void>(CommandRunner&)>& body) {
        auto all = [&]() -> awaitable<void> {
            GuardReaper reaper(loop.get_executor());
            CommandRunner runner(reaper, most);
            co_await body(runner);
            runner.stop();
            co_await runner.join();
            co_await reaper.join();
            EXPECT_EQ(reaper.others(), 0U);
            EXPECT_EQ(runner.running(), 0U);
        };
        loop.restart();
        run_to_end(loop, all());
    }

    HookConfig shell(const std::string& script) {
        auto config = hook_config("sh");
        config.kind = HookKind::command;
        config.command = {"/bin/sh", "-c", script};
        return config;
    }

    result<HookVerdict> decide(const HookConfig& config, std::size_t most = 4) {
        result<HookVerdict> out = HookVerdict();
        with_runner(most, [&](CommandRunner& runner) -> awaitable<void> {
            CommandHook hook(config, runner);
            seen.call.deadline = Deadline::after(std::chrono::seconds(30));
            out = co_await hook.decide(seen.call);
        });
        return out;
    }

    asio::io_context loop{1};
    SeenCall seen;
};

TEST_F(CommandHookTest, reads_the_call_and_says_what_becomes_of_it) {
    const auto out = decide(shell(R"(grep -q '"tool":"echo"' && echo '{"arguments":{"text":"changed"}}')"));
    ASSERT_TRUE(out.has_value()) << out.error().message;
    EXPECT_EQ(out->action, Action::change);
    EXPECT_EQ(out->text, R"({"text":"changed"})");
}

TEST_F(CommandHookTest, knows_the_request_and_its_own_name) {
    auto config =
        shell(R"(printf '{"action":"refuse","message":"%s %s %s"}' "$AGENTHUB_REQUEST_ID" "$AGENTHUB_HOOK" "$OWN")");
    config.env = {{"OWN", "value"}};
    EXPECT_EQ(decide(config)->text, "r-1 sh value");
}

TEST_F(CommandHookTest, a_program_that_reads_nothing_may_do_so) {
    seen.arguments = R"({"text":")" + std::string(1'000'000, 'x') + R"("})";
    seen.call.arguments = seen.arguments;
    EXPECT_EQ(decide(shell("exit 0"))->action, Action::proceed);
}

TEST_F(CommandHookTest, an_exit_code_is_a_failure_with_the_last_line_of_its_errors) {
    const auto out = decide(shell("echo first >&2; echo 'no licence' >&2; exit 3"));
    ASSERT_FALSE(out.has_value());
    EXPECT_EQ(out.error().message, "its program exited with code 3, and wrote: no licence");
}

TEST_F(CommandHookTest, an_answer_that_is_none_is_a_failure) {
    const auto out = decide(shell("echo hello"));
    ASSERT_FALSE(out.has_value());
    EXPECT_NE(out.error().message.find("one object of JSON, found hello"), std::string::npos);
}

TEST_F(CommandHookTest, a_program_that_cannot_be_run_is_a_failure) {
    auto config = shell("");
    config.command = {"/no/such/program"};
    const auto out = decide(config);
    ASSERT_FALSE(out.has_value());
    EXPECT_EQ(out.error().code, errc::start_failed);
}

TEST_F(CommandHookTest, output_is_bounded) {
    const auto fits =
        decide(shell(R"(printf '{"action":"refuse","message":"'; head -c 1048539 /dev/zero | tr '\0' x; printf '"}')"));
    ASSERT_TRUE(fits.has_value()) << fits.error().message;
    const auto over = decide(shell("head -c 1048577 /dev/zero; sleep 1000"));
    ASSERT_FALSE(over.has_value());
    EXPECT_EQ(over.error().code, errc::too_large);
}

TEST_F(CommandHookTest, whoever_stops_waiting_leaves_no_process) {
    with_runner(4, [&](CommandRunner& runner) -> awaitable<void> {
        const auto config = shell("sleep 1000 & setsid sleep 1000 & sleep 1000");
        CommandHook hook(config, runner);
        auto decision = hook.decide(seen.call);
        const auto out = co_await with_deadline(std::move(decision), Deadline::after(Duration(200)));
        EXPECT_FALSE(out.has_value());
        EXPECT_EQ(out.error().code, errc::timeout);
        // with_runner() waits for the guard, which ends when nothing is left below it.
    });
}

CommandJob job_of(std::vector<std::string> argv) {
    CommandJob job;
    job.argv = std::move(argv);
    return job;
}

awaitable<void> hold(CommandRunner& runner) {
    auto job = job_of({"/bin/sleep", "1000"});
    co_await runner.run(std::move(job), Deadline());
}

TEST_F(CommandHookTest, at_the_limit_of_programs_the_next_waits_within_its_time) {
    with_runner(1, [&](CommandRunner& runner) -> awaitable<void> {
        TaskGroup tasks(loop.get_executor());
        tasks.spawn(hold(runner), "holds the place");
        EXPECT_EQ(runner.running(), 1U);
        auto next = job_of({"/bin/true"});
        const auto out = co_await runner.run(std::move(next), Deadline::after(Duration(1)));
        EXPECT_EQ(out.error().code, errc::busy);
        tasks.cancel();
        co_await tasks.join();
        auto last = job_of({"/bin/true"});
        const auto later = co_await runner.run(std::move(last), Deadline::after(std::chrono::seconds(30)));
        EXPECT_TRUE(later.has_value());
    });
}

TEST_F(CommandHookTest, so_many_may_wait_for_a_place_and_no_more) {
    with_runner(1, [&](CommandRunner& runner) -> awaitable<void> {
        TaskGroup tasks(loop.get_executor());
        for (std::size_t i = 0; i < 1 + CommandRunner::kMaxWaiting; ++i)
            tasks.spawn(hold(runner), "waits");
        auto one_more = job_of({"/bin/true"});
        const auto out = co_await runner.run(std::move(one_more), Deadline());
        EXPECT_EQ(out.error().code, errc::busy);
        EXPECT_NE(out.error().message.find("1024 calls wait"), std::string::npos) << out.error().message;
        tasks.cancel();
        co_await tasks.join();
    });
}

TEST_F(CommandHookTest, after_the_end_nothing_is_run) {
    with_runner(1, [&](CommandRunner& runner) -> awaitable<void> {
        runner.stop();
        CommandJob job;
        job.argv = {"/bin/true"};
        const auto out = co_await runner.run(std::move(job), Deadline());
        EXPECT_EQ(out.error().code, errc::cancelled);
    });
}

}  // namespace
}  // namespace agenthub::test
