#include "hooks/hook_chain.hpp"

#include "tests/hooks/seen_call.hpp"

namespace agenthub::test {
namespace {

using Action = HookVerdict::Action;
using Kind = HookOutcome::Kind;

// Ends when it is told to, or broken off.
class Waiting final : public SlowHook {
public:
    Waiting(Executor executor, bool& broken_off) : executor_(executor), broken_off_(broken_off) {}
    awaitable<result<HookVerdict>> decide(const HookCall&) override {
        struct Note {
            bool& flag;
            bool done = false;
            ~Note() { flag = !done; }
        };
        Note note{broken_off_};
        SteadyTimer never(executor_, TimePoint::max());
        co_await never.async_wait(use_awaitable);
        note.done = true;
        co_return HookVerdict();
    }

private:
    Executor executor_;
    bool& broken_off_;
};

class HookChain : public ::testing::Test {
protected:
    void add(HookConfig config, HookBody body) {
        hooks.push_back(std::make_shared<HookEntry>(std::move(config), std::move(body)));
    }
    Saying& say(const std::string& name, result<HookVerdict> what, const std::string& tool = "*") {
        auto hook = std::make_unique<Saying>(std::move(what));
        Saying& out = *hook;
        add(hook_config(name, tool), std::unique_ptr<QuickHook>(std::move(hook)));
        return out;
    }
    void throwing(const std::string& name) {
        add(hook_config(name), std::unique_ptr<QuickHook>(std::make_unique<Throwing>()));
    }
    HookOutcome ask(Event* left = nullptr, std::vector<HookReport>* reports = nullptr) {
        HookOutcome out;
        auto body = [&]() -> awaitable<void> { out = co_await ask_hooks(hooks, seen.call, left, reports); };
        run_to_end(loop, body());
        return out;
    }

    asio::io_context loop{1};
    HookRegistry::Entries hooks;
    SeenCall seen;
};

TEST_F(HookChain, without_hooks_the_call_passes) {
    EXPECT_EQ(ask().kind, Kind::passed);
}

TEST_F(HookChain, hooks_of_other_calls_are_not_asked) {
    const auto& other = say("other", verdict(Action::refuse), "another");
    EXPECT_EQ(ask().kind, Kind::passed);
    EXPECT_EQ(other.seen, "");
    EXPECT_EQ(hooks[0]->counts.calls, 0U);
}

TEST_F(HookChain, a_change_is_what_the_next_hook_sees) {
    say("first", verdict(Action::change, R"({"a":1})"));
    const auto& second = say("second", HookVerdict());
    const auto out = ask();
    EXPECT_EQ(out.kind, Kind::passed);
    EXPECT_TRUE(out.changed);
    EXPECT_EQ(second.seen, R"({"a":1};)");
    EXPECT_EQ(seen.call.arguments, R"({"a":1})");
    EXPECT_EQ(hooks[0]->counts.changed, 1U);
}

TEST_F(HookChain, the_first_answer_wins) {
    say("quiet", HookVerdict());
    say("first", verdict(Action::answer, R"({"content":[]})"));
    const auto& second = say("second", verdict(Action::answer, "{}"));
    const auto out = ask();
    EXPECT_EQ(out.kind, Kind::answered);
    EXPECT_EQ(out.text, R"({"content":[]})");
    EXPECT_EQ(second.seen, "");
    EXPECT_EQ(hooks[1]->counts.answered, 1U);
    EXPECT_EQ(hooks[2]->counts.calls, 0U);
}

TEST_F(HookChain, a_refusal_ends_it_in_the_hooks_own_words) {
    say("guard", verdict(Action::refuse, "not on Fridays"));
    const auto& second = say("second", HookVerdict());
    const auto out = ask();
    EXPECT_EQ(out.kind, Kind::refused);
    EXPECT_EQ(out.error.code, errc::hook_refused);
    EXPECT_EQ(out.error.message, "not on Fridays");
    EXPECT_EQ(second.seen, "");
}

TEST_F(HookChain, an_exception_is_counted_and_the_next_hook_is_asked) {
    throwing("broken");
    say("second", verdict(Action::answer, "{}"));
    EXPECT_EQ(ask().kind, Kind::answered);
    EXPECT_EQ(hooks[0]->counts.failed, 1U);
    EXPECT_EQ(hooks[0]->counts.last_error, "it threw an exception: out of luck");
    EXPECT_NE(hooks[0]->counts.last_error_unix_ms, 0);
}

TEST_F(HookChain, a_failure_beside_a_hook_that_works_does_not_end_the_call) {
    throwing("broken");
    say("second", HookVerdict());
    EXPECT_EQ(ask().kind, Kind::passed);
}

TEST_F(HookChain, when_all_fail_the_call_fails_and_the_last_one_is_named) {
    throwing("first");
    say("second", Error(errc::io_error, "no such program"));
    const auto out = ask();
    EXPECT_EQ(out.kind, Kind::failed);
    EXPECT_EQ(out.error.code, errc::hook_failed);
    EXPECT_NE(out.error.message.find("'second', because no such program"), std::string::npos) << out.error.message;
}

TEST_F(HookChain, a_hook_that_takes_too_long_is_broken_off_and_has_failed) {
    bool broken_off = false;
    auto config = hook_config("slow");
    config.timeout = Duration(10);
    add(config, std::unique_ptr<SlowHook>(std::make_unique<Waiting>(loop.get_executor(), broken_off)));
    const auto out = ask();
    EXPECT_EQ(out.kind, Kind::failed);
    EXPECT_TRUE(out.waited);
    EXPECT_TRUE(broken_off);
    EXPECT_NE(hooks[0]->counts.last_error.find("10 ms"), std::string::npos);
}

TEST_F(HookChain, a_client_that_leaves_breaks_off_what_runs_and_nothing_else_is_asked) {
    bool broken_off = false;
    add(hook_config("slow"), std::unique_ptr<SlowHook>(std::make_unique<Waiting>(loop.get_executor(), broken_off)));
    const auto& second = say("second", HookVerdict());
    Event left(loop.get_executor());
    asio::post(loop, [&] { left.notify(); });
    EXPECT_EQ(ask(&left).kind, Kind::left);
    EXPECT_TRUE(broken_off);
    EXPECT_EQ(second.seen, "");
}

TEST_F(HookChain, a_dry_run_counts_nothing_and_reports_each) {
    throwing("broken");
    say("second", verdict(Action::change, "{}"));
    say("third", verdict(Action::refuse, "no"));
    std::vector<HookReport> reports;
    EXPECT_EQ(ask(nullptr, &reports).kind, Kind::refused);
    ASSERT_EQ(reports.size(), 3U);
    EXPECT_FALSE(reports[0].verdict.has_value());
    EXPECT_EQ(reports[1].verdict->text, "{}");
    EXPECT_EQ(hooks[0]->counts.failed, 0U);
    EXPECT_EQ(hooks[2]->counts.refused, 0U);
}

}  // namespace
}  // namespace agenthub::test
