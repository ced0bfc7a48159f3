// What it costs to look for secrets where there are none: per line of the log, and per byte of a document.

#include "base/redactor.hpp"

#include <benchmark/benchmark.h>
#include <spdlog/async_logger.h>
#include <spdlog/pattern_formatter.h>

#include <random>

namespace {

using namespace agenthub;

constexpr const char* kLine =
    "server github: running (pid 81234); the next attempt is possible in 4 s; 17 calls, 2 errors, p99 41.7 ms, stdio";

std::string random_text(std::mt19937& random, std::size_t size) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    std::string out;
    for (std::size_t i = 0; i < size; ++i)
        out += kLetters[random() % kLetters.size()];
    return out;
}

Redactor redactor_with(std::int64_t count, std::size_t shortest) {
    std::mt19937 random(1);
    std::vector<std::string> secrets;
    for (std::int64_t i = 0; i < count; ++i)
        secrets.push_back(random_text(random, shortest + random() % 30));
    return Redactor(secrets);
}

// Arguments: how many secrets, and the length of the shortest.
void a_line_of_the_log(benchmark::State& state) {
    const Redactor redactor = redactor_with(state.range(0), static_cast<std::size_t>(state.range(1)));
    const std::string line = kLine;
    for (auto _ : state)
        benchmark::DoNotOptimize(redactor.without_secrets(line));
}
BENCHMARK(a_line_of_the_log)
    ->Args({0, 20})
    ->Args({1, 20})
    ->Args({10, 20})
    ->Args({10, 6})
    ->Args({100, 20})
    ->Args({100, 6});

// For comparison: what the same line costs to be formatted.
void formatting_a_line(benchmark::State& state) {
    spdlog::pattern_formatter formatter("%Y-%m-%d %H:%M:%S.%e %-7l %v");
    const std::string line = kLine;
    for (auto _ : state) {
        spdlog::memory_buf_t out;
        formatter.format(spdlog::details::log_msg("agenthub", spdlog::level::info, line), out);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(formatting_a_line);

void a_document_of_64_kib(benchmark::State& state) {
    const Redactor redactor = redactor_with(20, 20);
    std::string json = "{\"list\":[";
    while (json.size() < 65536)
        json.append("{\"name\":\"a server\",\"reason\":\"it said \\\"").append(kLine).append("\\\"\"},");
    json += "0]}";
    for (auto _ : state)
        benchmark::DoNotOptimize(redactor.json_without_secrets(json));
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * json.size()));
}
BENCHMARK(a_document_of_64_kib);

}  // namespace

BENCHMARK_MAIN();
