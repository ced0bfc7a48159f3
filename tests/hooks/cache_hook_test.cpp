#include "hooks/cache_hook.hpp"

#include "tests/hooks/seen_call.hpp"

namespace agenthub::test {
namespace {

using std::chrono::seconds;
using Action = HookVerdict::Action;

class CacheHookTest : public ::testing::Test {
protected:
    // Asks, and when it is not known, tells the result.
    bool is_hit(CacheHook& hook, const HookCall& call, const std::string& result = R"({"content":[]})") {
        const auto out = hook.decide(call, now);
        if (out->action == Action::answer) {
            answered = out->text;
            return true;
        }
        if (!out->note.empty())
            hook.finished(out->note, result, now);
        return false;
    }

    OneTool tools;
    BuiltinOptions options;
    TimePoint now{seconds(1000)};
    std::string answered;
};

TEST_F(CacheHookTest, the_second_call_is_answered_with_the_first_ones_result) {
    CacheHook hook(options, tools);
    SeenCall seen;
    EXPECT_FALSE(is_hit(hook, seen.call, R"({"content":[1]})"));
    EXPECT_TRUE(is_hit(hook, seen.call));
    EXPECT_EQ(answered, R"({"content":[1]})");
}

TEST_F(CacheHookTest, only_tools_that_say_they_are_read_only_are_kept_unless_told_otherwise) {
    tools.read_only = false;
    CacheHook hook(options, tools);
    SeenCall seen;
    EXPECT_FALSE(is_hit(hook, seen.call));
    EXPECT_FALSE(is_hit(hook, seen.call));
    EXPECT_EQ(hook.size(), 0U);
    SeenCall unknown;
    unknown.call.tool = "nobody knows";
    EXPECT_FALSE(is_hit(hook, unknown.call));
    EXPECT_EQ(hook.size(), 0U);
    options.every_tool = true;
    CacheHook every(options, tools);
    EXPECT_FALSE(is_hit(every, seen.call));
    EXPECT_TRUE(is_hit(every, seen.call));
}

TEST_F(CacheHookTest, a_call_whose_prompt_is_made_better_is_another_call) {
    options.shared = true;
    CacheHook hook(options, tools);
    SeenCall plain, enhanced;
    enhanced.call.enhanced_for = "default";
    EXPECT_FALSE(is_hit(hook, enhanced.call, R"({"content":[1]})"));
    EXPECT_FALSE(is_hit(hook, plain.call, R"({"content":[2]})"));
    EXPECT_TRUE(is_hit(hook, enhanced.call));
    EXPECT_EQ(answered, R"({"content":[1]})");
    EXPECT_TRUE(is_hit(hook, plain.call));
    EXPECT_EQ(answered, R"({"content":[2]})");
    enhanced.call.enhanced_for = "by another rule";
    EXPECT_FALSE(is_hit(hook, enhanced.call));
}

TEST_F(CacheHookTest, answers_of_the_client_and_wishes_for_tasks_have_a_say_and_are_never_kept) {
    CacheHook hook(options, tools);
    SeenCall seen;
    for (const char* params : {R"({"name":"echo","arguments":{"text":"hi"},"inputResponses":{"q":{}}})",
                               R"({"name":"echo","arguments":{"text":"hi"},"task":{"ttl":5}})"}) {
        seen.call.params = params;
        EXPECT_FALSE(is_hit(hook, seen.call)) << params;
        EXPECT_EQ(hook.size(), 0U) << params;
    }
    seen.call.params = R"({"_meta":{"progressToken":1},"name":"echo","arguments":{"text":"hi"}})";
    EXPECT_FALSE(is_hit(hook, seen.call));
    EXPECT_TRUE(is_hit(hook, seen.call));
}

TEST_F(CacheHookTest, arguments_clients_and_owners_of_processes_are_told_apart) {
    CacheHook hook(options, tools);
    SeenCall seen;
    SeenCall other_arguments(R"({"text":"ho"})");
    SeenCall other_client;
    other_client.who.client_id = "raycast";
    SeenCall other_owner;
    other_owner.call.owner = "session";
    EXPECT_FALSE(is_hit(hook, seen.call));
    EXPECT_FALSE(is_hit(hook, other_arguments.call));
    EXPECT_FALSE(is_hit(hook, other_client.call));
    EXPECT_FALSE(is_hit(hook, other_owner.call));
    EXPECT_EQ(hook.size(), 4U);
    options.shared = true;
    CacheHook shared(options, tools);
    EXPECT_FALSE(is_hit(shared, seen.call));
    EXPECT_TRUE(is_hit(shared, other_client.call));
    EXPECT_FALSE(is_hit(shared, other_owner.call));
}

TEST_F(CacheHookTest, results_live_so_long) {
    options.ttl = seconds(10);
    CacheHook hook(options, tools);
    SeenCall seen;
    EXPECT_FALSE(is_hit(hook, seen.call));
    now += seconds(9);
    EXPECT_TRUE(is_hit(hook, seen.call));
    now += seconds(1);
    EXPECT_FALSE(is_hit(hook, seen.call));
    EXPECT_EQ(hook.size(), 1U);
}

TEST_F(CacheHookTest, at_the_limit_of_entries_the_one_used_longest_ago_goes) {
    options.max_entries = 2;
    CacheHook hook(options, tools);
    SeenCall a("{\"n\":1}"), b("{\"n\":2}"), c("{\"n\":3}");
    EXPECT_FALSE(is_hit(hook, a.call));
    EXPECT_FALSE(is_hit(hook, b.call));
    EXPECT_TRUE(is_hit(hook, a.call));
    EXPECT_FALSE(is_hit(hook, c.call));
    EXPECT_EQ(hook.size(), 2U);
    EXPECT_TRUE(is_hit(hook, a.call));
    EXPECT_FALSE(is_hit(hook, b.call));
}

TEST_F(CacheHookTest, bytes_are_bounded_and_what_is_too_long_is_not_kept) {
    options.max_bytes = 4000;
    CacheHook hook(options, tools);
    SeenCall seen;
    const auto key = hook.decide(seen.call, now)->note.size();
    EXPECT_FALSE(is_hit(hook, seen.call, std::string(1000 - key, 'x')));
    EXPECT_EQ(hook.bytes(), 1000U);
    EXPECT_TRUE(is_hit(hook, seen.call));
    SeenCall longer("{\"n\":100}");
    EXPECT_FALSE(is_hit(hook, longer.call, std::string(1001, 'x')));
    EXPECT_FALSE(is_hit(hook, longer.call, std::string(1001, 'x')));
    for (int i = 0; i < 20; ++i) {
        SeenCall one("{\"n\":" + std::to_string(i) + "}");
        is_hit(hook, one.call, std::string(900, 'x'));
        EXPECT_LE(hook.bytes(), 4000U);
    }
}

TEST_F(CacheHookTest, other_methods_pass) {
    CacheHook hook(options, tools);
    SeenCall seen;
    seen.call.method = "resources/read";
    EXPECT_TRUE(hook.decide(seen.call, now)->note.empty());
}

}  // namespace
}  // namespace agenthub::test
