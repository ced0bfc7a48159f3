// What a prompt costs the loop that is in the cache, by its key and by its meaning.
// Run by hand; see CONTRIBUTING.md.

#include <benchmark/benchmark.h>

#include <random>

#include "enhance/enhancer.hpp"
#include "enhance/meaning.hpp"

namespace agenthub {
namespace {

class Instant final : public ModelBackend {
public:
    awaitable<result<std::string>> generate(GenerateRequest request, Deadline) override {
        co_return "better: " + request.prompt;
    }
    awaitable<result<std::vector<float>>> embed(std::string, std::string, Deadline) override {
        co_return Error(errc::unsupported, "no embeddings");
    }
    bool healthy() const noexcept override { return true; }
    BreakerSnapshot breaker() const noexcept override { return {}; }
    void reset_breaker() override {}
};

awaitable<void> ask(Enhancer& enhancer, std::string prompt, benchmark::State* state) {
    EnhanceQuestion question;
    question.prompt = std::move(prompt);
    if (state == nullptr) {
        co_await enhancer.enhance(std::move(question));
        co_return;
    }
    for ([[maybe_unused]] auto _ : *state) {
        EnhanceQuestion copy = question;
        const auto answer = co_await enhancer.enhance(std::move(copy));
        benchmark::DoNotOptimize(answer.text.data());
    }
}

// The prompt's length in bytes.
void hit(benchmark::State& state) {
    asio::io_context loop;
    Instant models;
    EnhancerSetup setup;
    setup.backend = &models;
    Enhancer enhancer(loop.get_executor(), std::move(setup));
    const std::string prompt(static_cast<std::size_t>(state.range(0)), 'x');
    run_to_end(loop, ask(enhancer, prompt, nullptr));
    run_to_end(loop, ask(enhancer, prompt, &state));
    run_to_end(loop, enhancer.stop());
}
BENCHMARK(hit)->Arg(100)->Arg(2'000)->Arg(100'000);

std::vector<float> meaning(std::mt19937& random) {
    std::uniform_real_distribution<float> each(-1, 1);
    std::vector<float> vector(768);
    for (float& x : vector)
        x = each(random);
    normalise(vector);
    return vector;
}

// The number of entries.
void nearest(benchmark::State& state) {
    std::mt19937 random(1);
    PromptCache cache(static_cast<std::size_t>(state.range(0)), std::chrono::hours(1));
    const TimePoint now = Clock::now();
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        CachedPrompt prompt;
        prompt.key = std::to_string(i);
        prompt.scope = "scope";
        prompt.vector = meaning(random);
        cache.put(std::move(prompt), now);
    }
    const auto wanted = meaning(random);
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(cache.nearest("scope", wanted, 0.99, now));
}
BENCHMARK(nearest)->Arg(500)->Arg(4096)->Arg(10'000);

}  // namespace
}  // namespace agenthub

BENCHMARK_MAIN();
