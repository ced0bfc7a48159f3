// What one activity record costs the loop, and how many rows a second the SQLite thread commits.
// Run alone: bench/activity_bench.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <vector>

#include "activity/log.hpp"
#include "activity/store.hpp"
#include "base/uuid.hpp"

namespace agenthub {
namespace {

ActivityRecord usual_record(const Uuid& id) {
    ActivityRecord r;
    r.unix_ms = 1'785'000'000'000;
    r.request_id = id.view();
    r.client_id = "claude-code";
    r.client_ip = "127.0.0.1";
    r.http_method = "POST";
    r.path = "/mcp/everything";
    r.http_status = 200;
    r.mcp_method = "tools/call";
    r.server = "everything";
    r.tool = "echo";
    r.session = "0123456789abcdef0123456789abcdef";
    r.duration_us = 1234;
    r.server_us = 1200;
    r.bytes_in = 180;
    r.bytes_out = 240;
    return r;
}

// The writer's side without SQLite: settles at once, so that only the loop's cost is measured.
void record_cost(benchmark::State& state) {
    asio::io_context loop;
    ActivityQueue queue;
    ActivityOptions options;
    ActivityLog log(loop.get_executor(), queue, options);
    RequestIds ids;
    const Uuid id = ids.next();
    const ActivityRecord record = usual_record(id);
    std::vector<BlockPtr> blocks;
    std::int64_t n = 0;
    for (auto _ : state) {
        log.record(record);
        if (++n % 1024 == 0) {
            queue.take_blocks(blocks);
            queue.settle(blocks, blocks.size(), true);
        }
    }
    if (log.dropped() != 0)
        state.SkipWithError("records were dropped");
}
BENCHMARK(record_cost);

double thread_cpu_us() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// One transaction of `records` rows per iteration into a database that already holds `present` rows.
void write_rows(benchmark::State& state) {
    const auto records = state.range(0);
    const auto present = state.range(1);
    const auto directory = std::filesystem::temp_directory_path() / ("agenthub-bench-" + std::to_string(::getpid()));
    std::filesystem::create_directory(directory);
    ActivityOptions options;
    options.path = directory / "activity.db";
    options.node = "bench";
    options.epoch = 1;
    options.max_bytes = 0;
    RequestIds ids;
    std::int64_t sequence = 0;
    std::vector<BlockPtr> blocks;
    const auto fill = [&](std::int64_t count) {
        blocks.clear();
        for (std::int64_t i = 0; i < count; ++i) {
            if (blocks.empty() || !blocks.back()->fits())
                blocks.push_back(std::make_unique<RecordBlock>());
            const Uuid id = ids.next();
            ActivityRecord record = usual_record(id);
            record.unix_ms += sequence / 20;
            const std::string client = "client-" + std::to_string(sequence % 64);
            record.client_id = client;
            blocks.back()->append(record, ++sequence);
        }
    };
    {
        auto store = ActivityStore::open(options);
        while (sequence < present) {
            fill(5000);
            if (!(*store)->write(blocks).has_value())
                state.SkipWithError("cannot write");
        }
        double cpu = 0;
        for (auto _ : state) {
            state.PauseTiming();
            fill(records);
            state.ResumeTiming();
            const double before = thread_cpu_us();
            if (!(*store)->write(blocks).has_value())
                state.SkipWithError("cannot write");
            cpu += thread_cpu_us() - before;
        }
        const auto rows = static_cast<double>(state.iterations() * records);
        state.counters["rows/s"] = benchmark::Counter(rows, benchmark::Counter::kIsRate);
        state.counters["cpu_us/row"] = cpu / rows;
    }
    state.counters["bytes/row"] =
        static_cast<double>(std::filesystem::file_size(options.path)) / static_cast<double>(sequence);
    std::filesystem::remove_all(directory);
}
BENCHMARK(write_rows)
    ->Args({1000, 0})
    ->Args({5000, 0})
    ->Args({1000, 1'000'000})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace agenthub

BENCHMARK_MAIN();
