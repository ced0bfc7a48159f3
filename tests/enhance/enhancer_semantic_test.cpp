#include "tests/enhance/enhancer_rig.hpp"

namespace agenthub::test {
namespace {

struct SemanticTest : EnhancerTest {
    SemanticTest() {
        config.cache.semantic = true;
        config.cache.similarity = 0.85;
        backend.meanings = {{"write a test", {1, 0}}, {"please write a test", {0.9F, 0.1F}}, {"cook", {0, 1}}};
    }
};

TEST_F(SemanticTest, a_prompt_that_means_the_same_has_its_answer_already) {
    start();
    EXPECT_FALSE(answer("write a test").cached);
    const auto like = answer("please write a test");
    EXPECT_TRUE(like.cached);
    EXPECT_EQ(like.text, "better: write a test");
    EXPECT_EQ(like.model, "usual");
    EXPECT_FALSE(answer("cook").cached);
    EXPECT_EQ(backend.requests.size(), 2U);
    const auto stats = enhancer->cache_stats();
    EXPECT_EQ(stats.hits, 1U);
    EXPECT_EQ(stats.misses, 2U);
}

TEST_F(SemanticTest, the_same_words_are_found_without_asking_for_their_meaning) {
    start();
    answer("write a test");
    answer("write a test");
    EXPECT_EQ(backend.embedded.size(), 1U);
    answer("please write a test");
    answer("please write a test");
    EXPECT_EQ(backend.embedded.size(), 2U);
    EXPECT_EQ(backend.embedded[0], "nomic-embed-text:write a test");
}

TEST_F(SemanticTest, what_was_found_by_its_meaning_is_no_measure_for_others) {
    backend.meanings = {{"a", {1, 0}}, {"b", {0.8F, 0.6F}}, {"c", {0.28F, 0.96F}}};  // neighbours 0.8 apart
    config.cache.similarity = 0.79;
    start();
    EXPECT_FALSE(answer("a").cached);
    EXPECT_TRUE(answer("b").cached);
    EXPECT_FALSE(answer("c").cached);
}

TEST_F(SemanticTest, other_clients_have_other_meanings) {
    start();
    answer("write a test", "a");
    EXPECT_FALSE(answer("please write a test", "b").cached);
}

TEST_F(SemanticTest, meanings_of_another_embedding_model_are_not_compared) {
    start();
    answer("write a test");
    config.cache.embedding_model = "other";
    enhancer->reconfigure(config, "usual");
    EXPECT_FALSE(answer("please write a test").cached);
}

TEST_F(SemanticTest, a_prompt_without_a_meaning_is_enhanced_all_the_same) {
    backend.meanings["nothing"] = {0, 0};
    start();
    EXPECT_EQ(answer("unknown").text, "better: unknown");
    EXPECT_EQ(answer("nothing").text, "better: nothing");
}

// The model itself may be quick all the same.
TEST_F(SemanticTest, an_embedding_model_that_hangs_leaves_most_of_the_budget) {
    config.fallback.budget = Duration(2000);
    backend.embed_hangs = true;
    start();
    const TimePoint began = Clock::now();
    EXPECT_EQ(answer("write a test").text, "better: write a test");
    EXPECT_LT(Clock::now() - began, Duration(1500));
}

TEST_F(SemanticTest, what_a_reload_comes_between_belongs_to_the_embedding_model_that_was_asked) {
    backend.held = true;
    start();
    Crowd crowd(*this, 1, [this](int) { return question("write a test"); });
    ASSERT_TRUE(crowd.run_until([this] { return backend.waiting() == 1; }));
    config.cache.embedding_model = "other";
    enhancer->reconfigure(config, "usual");
    backend.release();
    ASSERT_TRUE(crowd.run_until([&] { return crowd[0].done; }));
    EXPECT_FALSE(answer("please write a test").cached);
}

TEST_F(SemanticTest, bypassing_skips_what_means_the_same_too) {
    start();
    answer("write a test");
    auto bypassing = question("please write a test");
    bypassing.bypass_cache = true;
    EXPECT_FALSE(answer(std::move(bypassing)).cached);
    EXPECT_EQ(backend.requests.size(), 2U);
}

TEST_F(SemanticTest, is_bounded_by_the_entries_of_the_cache) {
    config.cache.max_entries = 1;
    start();
    answer("write a test");
    answer("cook");
    EXPECT_EQ(enhancer->cache_stats().size, 1U);
    EXPECT_FALSE(answer("please write a test").cached);
}

TEST_F(SemanticTest, is_off_unless_it_is_switched_on) {
    config.cache.semantic = false;
    start();
    answer("write a test");
    EXPECT_FALSE(answer("please write a test").cached);
    EXPECT_TRUE(backend.embedded.empty());
}

TEST_F(SemanticTest, meanings_outlive_the_daemon) {
    TempDir dir;
    const std::string path = (dir.path() / "enhancement.db").string();
    store = std::move(*PromptStore::open(path, 10));
    start();
    answer("write a test");
    finish(enhancer->stop());
    enhancer.reset();
    store = std::move(*PromptStore::open(path, 10));
    start();
    EXPECT_TRUE(answer("please write a test").cached);
    EXPECT_EQ(backend.requests.size(), 1U);
}

}  // namespace
}  // namespace agenthub::test
