#include "tests/enhance/enhancer_rig.hpp"

namespace agenthub::test {
namespace {

using std::chrono::seconds;

TEST_F(EnhancerTest, asks_the_model_of_the_clients_rule_with_its_words_and_options) {
    EnhancementRule code;
    code.model = "coder";
    code.system_prompt = "For programmers.";
    code.temperature = 0.1;
    code.max_tokens = 77;
    config.clients = {{"claude-code", code}};
    config.fallback.model = "small";
    start();
    const auto made = answer("hi", "claude-code");
    EXPECT_EQ(made.text, "better: hi");
    EXPECT_EQ(made.model, "coder");
    EXPECT_EQ(made.error, "");
    EXPECT_FALSE(made.cached);
    ASSERT_EQ(backend.requests.size(), 1U);
    EXPECT_EQ(backend.requests[0].model, "coder");
    EXPECT_EQ(backend.requests[0].system, "For programmers.");
    EXPECT_EQ(backend.requests[0].prompt, "hi");
    EXPECT_EQ(backend.requests[0].temperature, 0.1);
    EXPECT_EQ(backend.requests[0].max_tokens, 77U);
    EXPECT_EQ(answer("hi", "nobody").model, "small");
}

TEST_F(EnhancerTest, a_rule_without_a_model_takes_the_usual_one) {
    start();
    EXPECT_EQ(answer("hi").model, "usual");
}

TEST_F(EnhancerTest, a_client_whose_rule_is_off_gets_its_prompt_back_and_no_model_is_asked) {
    EnhancementRule off;
    off.enabled = false;
    config.clients = {{"raycast", off}};
    start();
    const auto same = answer("hi", "raycast");
    EXPECT_EQ(same.text, "hi");
    EXPECT_EQ(same.model, "");
    EXPECT_EQ(same.error, "Enhancement disabled for client");
    EXPECT_TRUE(backend.requests.empty());
}

TEST_F(EnhancerTest, a_prompt_of_the_longest_size_is_enhanced_and_one_byte_more_is_not) {
    config.max_body_bytes = 100;
    start();
    EXPECT_EQ(answer(std::string(100, 'x')).model, "usual");
    const auto same = answer(std::string(101, 'x'));
    EXPECT_EQ(same.text, std::string(101, 'x'));
    EXPECT_NE(same.error.find("max_body_bytes"), std::string::npos);
    auto carried = question("short");
    carried.carrier_bytes = 101;
    EXPECT_EQ(answer(std::move(carried)).model, "");
    EXPECT_EQ(backend.requests.size(), 1U);
}

TEST_F(EnhancerTest, an_empty_prompt_stays_empty) {
    start();
    const auto same = answer("");
    EXPECT_EQ(same.text, "");
    EXPECT_NE(same.error, "");
    EXPECT_TRUE(backend.requests.empty());
}

TEST_F(EnhancerTest, without_a_backend_the_prompt_comes_back_with_the_reason) {
    EnhancerSetup setup;
    enhancer = std::make_unique<Enhancer>(loop.get_executor(), std::move(setup));
    const auto same = answer("hi");
    EXPECT_EQ(same.text, "hi");
    EXPECT_NE(same.error.find("ollama.enabled"), std::string::npos);
}

TEST_F(EnhancerTest, the_next_model_of_the_chain_is_asked_when_one_fails) {
    config.fallback.model = "first";
    config.fallback_chain = {"second", "third", std::nullopt, "never"};
    backend.says.emplace("first", Error(errc::invalid_params, "model not found"));
    backend.says.emplace("second", std::string("<think>no idea"));
    start();
    const auto made = answer("hi");
    EXPECT_EQ(made.text, "better: hi");
    EXPECT_EQ(made.model, "third");
    EXPECT_EQ(made.error, "");
    EXPECT_EQ(backend.requests.size(), 3U);
}

TEST_F(EnhancerTest, at_the_end_of_the_chain_the_prompt_passes_unchanged_with_every_reason) {
    config.fallback.model = "first";
    config.fallback_chain = {"second", std::nullopt};
    backend.says.emplace("first", Error(errc::invalid_params, "model not found"));
    backend.says.emplace("second", Error(errc::io_error, "connection refused"));
    start();
    const auto same = answer("hi");
    EXPECT_EQ(same.text, "hi");
    EXPECT_EQ(same.model, "");
    EXPECT_EQ(same.error, "first: model not found; second: connection refused");
}

TEST_F(EnhancerTest, what_a_model_of_the_chain_made_is_found_again_when_the_first_one_fails_again) {
    config.fallback.model = "first";
    config.fallback_chain = {"second"};
    backend.says.emplace("first", Error(errc::invalid_params, "model not found"));
    start();
    EXPECT_FALSE(answer("hi").cached);
    const auto again = answer("hi");
    EXPECT_TRUE(again.cached);
    EXPECT_EQ(again.model, "second");
    EXPECT_EQ(backend.requests.size(), 3U);
    // The first one is asked as soon as it can answer.
    backend.says.clear();
    EXPECT_EQ(answer("hi").model, "first");
}

TEST_F(EnhancerTest, the_same_prompt_is_made_once_and_another_clients_once_more) {
    start();
    EXPECT_FALSE(answer("hi", "a").cached);
    const auto again = answer("hi", "a");
    EXPECT_TRUE(again.cached);
    EXPECT_EQ(again.text, "better: hi");
    EXPECT_EQ(again.model, "usual");
    EXPECT_EQ(backend.requests.size(), 1U);
    EXPECT_FALSE(answer("hi", "b").cached);
    EXPECT_EQ(backend.requests.size(), 2U);
    const auto stats = enhancer->cache_stats();
    EXPECT_EQ(stats.hits, 1U);
    EXPECT_EQ(stats.misses, 2U);
    EXPECT_EQ(stats.size, 2U);
}

TEST_F(EnhancerTest, bypassing_skips_the_read_and_writes_all_the_same) {
    start();
    answer("hi");
    backend.says.emplace("usual", std::string("fresh"));
    auto bypassing = question("hi");
    bypassing.bypass_cache = true;
    EXPECT_EQ(answer(std::move(bypassing)).text, "fresh");
    EXPECT_EQ(backend.requests.size(), 2U);
    const auto after = answer("hi");
    EXPECT_EQ(after.text, "fresh");
    EXPECT_TRUE(after.cached);
    EXPECT_EQ(enhancer->cache_stats().hits, 1U);
    EXPECT_EQ(enhancer->cache_stats().misses, 1U);
}

TEST_F(EnhancerTest, failures_are_not_kept) {
    backend.says.emplace("usual", Error(errc::io_error, "connection refused"));
    start();
    EXPECT_NE(answer("hi").error, "");
    backend.says.clear();
    EXPECT_EQ(answer("hi").text, "better: hi");
}

TEST_F(EnhancerTest, what_is_kept_is_over_after_its_time) {
    config.cache.ttl = Duration(30);
    start();
    answer("hi");
    EXPECT_TRUE(answer("hi").cached);
    SteadyTimer timer(loop.get_executor(), Clock::now() + Duration(31));
    timer.wait();
    EXPECT_FALSE(answer("hi").cached);
    EXPECT_EQ(backend.requests.size(), 2U);
}

TEST_F(EnhancerTest, a_reload_brings_other_rules_and_limits) {
    start();
    answer("a");
    answer("b");
    config.fallback.system_prompt = "Otherwise.";
    config.cache.max_entries = 1;
    enhancer->reconfigure(config, "usual");
    EXPECT_EQ(enhancer->cache_stats().size, 1U);
    answer("b");
    EXPECT_EQ(backend.requests.size(), 3U);
    EXPECT_EQ(backend.requests[2].system, "Otherwise.");
}

TEST_F(EnhancerTest, only_a_rule_with_tools_makes_it_look_at_calls) {
    start();
    EXPECT_FALSE(enhancer->has_tool_rules());
    EnhancementRule rule;
    rule.tools = {"*/ask"};
    config.clients = {{"a", rule}};
    enhancer->reconfigure(config, "usual");
    EXPECT_FALSE(enhancer->has_tool_rules());
    config.enabled = true;
    enhancer->reconfigure(config, "usual");
    EXPECT_TRUE(enhancer->has_tool_rules());
    config.clients[0].second.enabled = false;
    enhancer->reconfigure(config, "usual");
    EXPECT_FALSE(enhancer->has_tool_rules());
}

TEST_F(EnhancerTest, begins_with_what_the_last_one_kept) {
    TempDir dir;
    const std::string path = (dir.path() / "enhancement.db").string();
    store = std::move(*PromptStore::open(path, 10));
    start();
    answer("hi");
    finish(enhancer->stop());
    enhancer.reset();
    store = std::move(*PromptStore::open(path, 10));
    start();
    const auto again = answer("hi");
    EXPECT_TRUE(again.cached);
    EXPECT_EQ(again.text, "better: hi");
    EXPECT_EQ(again.model, "usual");
    EXPECT_EQ(backend.requests.size(), 1U);
}

TEST_F(EnhancerTest, clearing_forgets_what_is_on_the_disk_too) {
    TempDir dir;
    const std::string path = (dir.path() / "enhancement.db").string();
    store = std::move(*PromptStore::open(path, 10));
    start();
    answer("hi");
    enhancer->clear_cache();
    EXPECT_EQ(enhancer->cache_stats().size, 0U);
    finish(enhancer->stop());
    enhancer.reset();
    store = std::move(*PromptStore::open(path, 10));
    start();
    EXPECT_FALSE(answer("hi").cached);
}

}  // namespace
}  // namespace agenthub::test
