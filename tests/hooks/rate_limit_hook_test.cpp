#include "hooks/rate_limit_hook.hpp"

#include "tests/hooks/seen_call.hpp"

namespace agenthub::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

BuiltinOptions limit(std::size_t calls, Duration per, std::size_t burst = 0, RateKey by = RateKey::client_tool) {
    BuiltinOptions out;
    out.calls = calls;
    out.per = per;
    out.burst = burst;
    out.by = by;
    return out;
}

bool passes(RateLimitHook& hook, const HookCall& call, TimePoint now) {
    const auto out = hook.decide(call, now);
    return out.has_value() && out->action == HookVerdict::Action::proceed;
}

TEST(RateLimitHook, lets_so_many_through_and_then_one_for_each_part_of_the_time) {
    RateLimitHook hook(limit(3, seconds(3)));
    SeenCall seen;
    const TimePoint now{seconds(100)};
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(passes(hook, seen.call, now)) << i;
    EXPECT_FALSE(passes(hook, seen.call, now));
    EXPECT_FALSE(passes(hook, seen.call, now + milliseconds(999)));
    EXPECT_TRUE(passes(hook, seen.call, now + milliseconds(1000)));
    EXPECT_FALSE(passes(hook, seen.call, now + milliseconds(1000)));
    // However long nobody calls, no more than the burst are saved up.
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(passes(hook, seen.call, now + seconds(1000)));
    EXPECT_FALSE(passes(hook, seen.call, now + seconds(1000)));
}

TEST(RateLimitHook, a_refusal_says_when_to_come_back) {
    RateLimitHook hook(limit(60, seconds(60), 1));
    SeenCall seen;
    const TimePoint now{seconds(100)};
    EXPECT_TRUE(passes(hook, seen.call, now));
    const auto out = hook.decide(seen.call, now + milliseconds(250));
    EXPECT_EQ(out->action, HookVerdict::Action::refuse);
    EXPECT_EQ(out->code, errc::busy);
    EXPECT_EQ(out->retry_after, milliseconds(750));
    EXPECT_EQ(out->text, "the rate limit of 60 calls in 60s is used up; repeat it after 750ms");
}

TEST(RateLimitHook, counts_together_what_it_is_told_to) {
    const TimePoint now{seconds(100)};
    const auto both = [&](RateKey by, bool other_client) {
        RateLimitHook hook(limit(1, seconds(60), 1, by));
        SeenCall first;
        SeenCall second;
        if (other_client)
            second.who.client_id = "raycast";
        else
            second.call.tool = "add";
        EXPECT_TRUE(passes(hook, first.call, now));
        return passes(hook, second.call, now);
    };
    EXPECT_TRUE(both(RateKey::client_tool, true));
    EXPECT_TRUE(both(RateKey::client_tool, false));
    EXPECT_TRUE(both(RateKey::client, true));
    EXPECT_FALSE(both(RateKey::client, false));
    EXPECT_FALSE(both(RateKey::tool, true));
    EXPECT_TRUE(both(RateKey::tool, false));
    EXPECT_FALSE(both(RateKey::all, true));
    EXPECT_FALSE(both(RateKey::all, false));
}

TEST(RateLimitHook, at_the_limit_of_its_table_the_one_used_longest_ago_gives_way) {
    auto options = limit(1, seconds(60), 1);
    options.max_entries = 2;
    RateLimitHook hook(options);
    const TimePoint now{seconds(100)};
    SeenCall a, b, c;
    b.who.client_id = "b";
    c.who.client_id = "c";
    EXPECT_TRUE(passes(hook, a.call, now));
    EXPECT_TRUE(passes(hook, b.call, now));
    EXPECT_EQ(hook.size(), 2U);
    EXPECT_FALSE(passes(hook, a.call, now));  // is the newer one now
    EXPECT_TRUE(passes(hook, c.call, now));
    EXPECT_EQ(hook.size(), 2U);
    EXPECT_FALSE(passes(hook, a.call, now));
    EXPECT_TRUE(passes(hook, b.call, now));  // forgotten
}

TEST(RateLimitHook, a_dry_run_takes_nothing) {
    RateLimitHook hook(limit(1, seconds(60)));
    SeenCall seen;
    const TimePoint now{seconds(100)};
    seen.call.dry_run = true;
    EXPECT_TRUE(passes(hook, seen.call, now));
    EXPECT_EQ(hook.size(), 0U);
    seen.call.dry_run = false;
    EXPECT_TRUE(passes(hook, seen.call, now));
    seen.call.dry_run = true;
    EXPECT_FALSE(passes(hook, seen.call, now));
}

}  // namespace
}  // namespace agenthub::test
