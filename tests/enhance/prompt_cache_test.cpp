#include "enhance/prompt_cache.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "enhance/meaning.hpp"

namespace agenthub {
namespace {

using std::chrono::seconds;

const TimePoint kStart = Clock::now();

CachedPrompt prompt(const std::string& key, std::vector<float> vector = {}) {
    CachedPrompt p;
    p.key = key;
    p.scope = "scope";
    p.text = "text of " + key;
    p.model = "model";
    p.vector = std::move(vector);
    return p;
}

TEST(PromptCache, holds_its_limit_and_evicts_one_for_one_more) {
    PromptCache cache(500, seconds(100));
    for (int i = 0; i < 500; ++i)
        cache.put(prompt(std::to_string(i)), kStart);
    EXPECT_EQ(cache.stats(kStart).size, 500U);
    EXPECT_EQ(cache.stats(kStart).evictions, 0U);
    cache.put(prompt("500"), kStart);
    const auto stats = cache.stats(kStart);
    EXPECT_EQ(stats.size, 500U);
    EXPECT_EQ(stats.max_size, 500U);
    EXPECT_EQ(stats.evictions, 1U);
    EXPECT_EQ(cache.find("0", kStart), nullptr);
    EXPECT_NE(cache.find("1", kStart), nullptr);
    EXPECT_NE(cache.find("500", kStart), nullptr);
}

TEST(PromptCache, evicts_what_was_used_least_recently) {
    PromptCache cache(2, seconds(100));
    cache.put(prompt("a"), kStart);
    cache.put(prompt("b"), kStart);
    EXPECT_NE(cache.find("a", kStart), nullptr);
    cache.put(prompt("c"), kStart);
    EXPECT_NE(cache.find("a", kStart), nullptr);
    EXPECT_EQ(cache.find("b", kStart), nullptr);
}

TEST(PromptCache, an_entry_lives_for_its_time_and_not_longer) {
    PromptCache cache(10, seconds(100));
    cache.put(prompt("a"), kStart);
    EXPECT_NE(cache.find("a", kStart + seconds(100) - Duration(1)), nullptr);
    EXPECT_EQ(cache.stats(kStart + seconds(100) - Duration(1)).size, 1U);
    EXPECT_EQ(cache.find("a", kStart + seconds(100)), nullptr);
    EXPECT_EQ(cache.stats(kStart).size, 0U);
    // To be over is not to be evicted.
    EXPECT_EQ(cache.stats(kStart).evictions, 0U);
}

TEST(PromptCache, being_used_does_not_make_an_entry_live_longer) {
    PromptCache cache(10, seconds(100));
    cache.put(prompt("a"), kStart);
    EXPECT_NE(cache.find("a", kStart + seconds(99)), nullptr);
    EXPECT_EQ(cache.find("a", kStart + seconds(100)), nullptr);
}

TEST(PromptCache, stats_do_not_count_what_is_over) {
    PromptCache cache(10, seconds(100));
    cache.put(prompt("a"), kStart);
    cache.put(prompt("b"), kStart + seconds(50));
    EXPECT_EQ(cache.stats(kStart + seconds(100)).size, 1U);
}

TEST(PromptCache, a_second_text_takes_the_place_of_the_first) {
    PromptCache cache(10, seconds(100));
    cache.put(prompt("a"), kStart);
    auto other = prompt("a");
    other.text = "other";
    cache.put(std::move(other), kStart);
    EXPECT_EQ(cache.stats(kStart).size, 1U);
    EXPECT_EQ(cache.stats(kStart).evictions, 0U);
    EXPECT_EQ(cache.find("a", kStart)->text, "other");
}

TEST(PromptCache, keeps_nothing_with_a_limit_of_zero) {
    PromptCache cache(0, seconds(100));
    cache.put(prompt("a"), kStart);
    EXPECT_EQ(cache.find("a", kStart), nullptr);
    EXPECT_EQ(cache.stats(kStart).evictions, 0U);
}

TEST(PromptCache, keeps_a_text_of_the_longest_size_and_none_beyond) {
    PromptCache cache(10, seconds(100));
    auto longest = prompt("a");
    longest.text.assign(PromptCache::kMaxTextBytes, 'x');
    auto beyond = prompt("b");
    beyond.text.assign(PromptCache::kMaxTextBytes + 1, 'x');
    cache.put(std::move(longest), kStart);
    cache.put(std::move(beyond), kStart);
    EXPECT_NE(cache.find("a", kStart), nullptr);
    EXPECT_EQ(cache.find("b", kStart), nullptr);
}

TEST(PromptCache, counts_what_it_is_told_and_begins_anew_when_cleared) {
    PromptCache cache(1, seconds(100));
    cache.count(true);
    cache.count(false);
    cache.count(false);
    cache.put(prompt("a"), kStart);
    cache.put(prompt("b"), kStart);
    EXPECT_EQ(cache.stats(kStart).hits, 1U);
    EXPECT_EQ(cache.stats(kStart).misses, 2U);
    EXPECT_EQ(cache.stats(kStart).evictions, 1U);
    cache.clear();
    const auto stats = cache.stats(kStart);
    EXPECT_EQ(stats.hits + stats.misses + stats.evictions + stats.size, 0U);
    EXPECT_EQ(cache.find("b", kStart), nullptr);
}

TEST(PromptCache, smaller_limits_evict_and_longer_times_change_nothing_that_is_there) {
    PromptCache cache(3, seconds(100));
    for (const char* key : {"a", "b", "c"})
        cache.put(prompt(key), kStart);
    cache.set_limits(2, seconds(1000));
    EXPECT_EQ(cache.stats(kStart).size, 2U);
    EXPECT_EQ(cache.stats(kStart).evictions, 1U);
    EXPECT_EQ(cache.find("a", kStart), nullptr);
    EXPECT_EQ(cache.find("b", kStart + seconds(100)), nullptr);
}

TEST(PromptCache, finds_the_nearest_meaning_at_the_limit_and_none_below) {
    PromptCache cache(10, seconds(100));
    cache.put(prompt("east", {1, 0}), kStart);
    cache.put(prompt("north", {0, 1}), kStart);
    cache.put(prompt("unknown"), kStart);
    std::vector<float> wanted{3, 4};
    ASSERT_TRUE(normalise(wanted));
    const auto* near = cache.nearest("scope", wanted, 0.79, kStart);
    ASSERT_NE(near, nullptr);
    EXPECT_EQ(near->key, "north");
    EXPECT_EQ(cache.nearest("scope", wanted, 0.81, kStart), nullptr);
    const double exactly = cosine({0, 1}, wanted);
    EXPECT_NE(cache.nearest("scope", wanted, exactly, kStart), nullptr);
}

TEST(PromptCache, meanings_of_other_scopes_sizes_and_times_are_not_near) {
    PromptCache cache(10, seconds(100));
    cache.put(prompt("a", {1, 0}), kStart);
    EXPECT_EQ(cache.nearest("other", {1, 0}, 0.5, kStart), nullptr);
    EXPECT_EQ(cache.nearest("scope", {1, 0, 0}, 0.5, kStart), nullptr);
    EXPECT_EQ(cache.nearest("scope", {1, 0}, 0.5, kStart + seconds(100)), nullptr);
    EXPECT_NE(cache.nearest("scope", {1, 0}, 0.5, kStart), nullptr);
}

TEST(PromptCache, compares_as_many_as_its_limit_says_those_used_last) {
    PromptCache cache(PromptCache::kMaxCompared + 10, seconds(100));
    cache.put(prompt("oldest", {1, 0}), kStart);
    for (std::size_t i = 1; i < PromptCache::kMaxCompared; ++i)
        cache.put(prompt(std::to_string(i), {0, 1}), kStart);
    EXPECT_NE(cache.nearest("scope", {1, 0}, 0.9, kStart), nullptr);  // and is used by that
    for (std::size_t i = 0; i < PromptCache::kMaxCompared; ++i)
        cache.put(prompt("more" + std::to_string(i), {0, 1}), kStart);
    EXPECT_EQ(cache.nearest("scope", {1, 0}, 0.9, kStart), nullptr);
}

// Each step over the list costs the loop something, also where nothing is compared.
TEST(PromptCache, passes_as_many_as_its_limit_says) {
    PromptCache cache(2 * PromptCache::kMaxPassed, seconds(100));
    cache.put(prompt("known", {1, 0}), kStart);
    for (std::size_t i = 1; i < PromptCache::kMaxPassed; ++i)
        cache.put(prompt(std::to_string(i)), kStart);
    EXPECT_NE(cache.nearest("scope", {1, 0}, 0.9, kStart), nullptr);  // and is used by that
    for (std::size_t i = 0; i < PromptCache::kMaxPassed; ++i)
        cache.put(prompt("more " + std::to_string(i)), kStart);
    EXPECT_EQ(cache.nearest("scope", {1, 0}, 0.9, kStart), nullptr);
}

TEST(Meaning, a_vector_without_direction_has_no_length_one) {
    std::vector<float> none, zero{0, 0}, endless{INFINITY, 1}, nothing{NAN, 1}, good{0, -5};
    EXPECT_FALSE(normalise(none));
    EXPECT_FALSE(normalise(zero));
    EXPECT_FALSE(normalise(endless));
    EXPECT_FALSE(normalise(nothing));
    ASSERT_TRUE(normalise(good));
    EXPECT_EQ(good, std::vector<float>({0, -1}));
}

TEST(Meaning, the_cosine_is_that_of_every_element) {
    std::vector<float> a(37), b(37);
    double sum = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        a[i] = static_cast<float>(i % 7) - 3.0F;
        b[i] = static_cast<float>(i % 5) - 1.0F;
        sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
        aa += static_cast<double>(a[i]) * static_cast<double>(a[i]);
        bb += static_cast<double>(b[i]) * static_cast<double>(b[i]);
    }
    ASSERT_TRUE(normalise(a));
    ASSERT_TRUE(normalise(b));
    EXPECT_NEAR(cosine(a, b), sum / std::sqrt(aa * bb), 1e-5);
    EXPECT_NEAR(cosine(a, a), 1, 1e-5);
    EXPECT_EQ(cosine({}, {}), -1);
}

}  // namespace
}  // namespace agenthub
