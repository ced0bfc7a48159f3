// What hooks cost the loop: none at all, one that is built in, and many that do not apply.
// Run by hand; see CONTRIBUTING.md.

#include <benchmark/benchmark.h>

#include "hooks/hook_chain.hpp"
#include "hooks/make_hook.hpp"
#include "hooks/rate_limit_hook.hpp"
#include "hooks/rights.hpp"

namespace agenthub {
namespace {

HookConfig rate_limit(std::string tool) {
    HookConfig config;
    config.name = "limit-" + tool;
    config.tool = std::move(tool);
    config.builtin = "rate_limit";
    config.options.calls = 1'000'000'000;
    config.options.per = std::chrono::milliseconds(1);
    return config;
}

HookBody limit_of(const HookConfig& config) {
    return std::unique_ptr<QuickHook>(std::make_unique<RateLimitHook>(config.options));
}

awaitable<void> pass(const HookRegistry& registry, benchmark::State& state) {
    mcp::Caller caller;
    for ([[maybe_unused]] auto _ : state) {
        HookCall call(caller);
        call.server = "everything";
        call.method = "tools/call";
        call.tool = "echo";
        call.arguments = R"({"message":"hello"})";
        const auto outcome = co_await ask_hooks(registry.at(HookPoint::before), call, nullptr);
        benchmark::DoNotOptimize(&outcome);
    }
}

void run(const std::vector<HookConfig>& hooks, benchmark::State& state) {
    asio::io_context loop;
    const HookRegistry registry(hooks, nullptr, limit_of);
    run_to_end(loop, pass(registry, state));
}

void no_hook(benchmark::State& state) {
    run({}, state);
}
BENCHMARK(no_hook);

void one_rate_limit(benchmark::State& state) {
    run({rate_limit("echo")}, state);
}
BENCHMARK(one_rate_limit);

void hooks_of_other_tools(benchmark::State& state) {
    std::vector<HookConfig> hooks;
    for (std::int64_t i = 0; i < state.range(0); ++i)
        hooks.push_back(rate_limit("create_" + std::to_string(i) + "*"));
    run(hooks, state);
}
BENCHMARK(hooks_of_other_tools)->Arg(10)->Arg(256);

void rights(benchmark::State& state) {
    RightsConfig config;
    for (std::int64_t i = 0; i < state.range(0); ++i)
        config.rules.push_back({"client-" + std::to_string(i), "*", "*", "delete_*", false});
    const Rights all(config);
    for ([[maybe_unused]] auto _ : state) {
        const auto decision = all.decide({"ci", "everything", "tools/call", "echo"});
        benchmark::DoNotOptimize(&decision);
    }
}
BENCHMARK(rights)->Arg(1)->Arg(100)->Arg(10'000);

}  // namespace
}  // namespace agenthub

BENCHMARK_MAIN();
