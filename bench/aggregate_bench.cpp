// What the aggregate costs: merging the lists of 20 servers with 50 tools each, reading all pages, and looking a name
// up. A list is merged once per change, a page made per request of a client, a name looked up per call.

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "gateway/aggregate_cursor.hpp"
#include "gateway/aggregate_merge.hpp"
#include "gateway/view_rules.hpp"
#include "mcp/json_members.hpp"

namespace agenthub {
namespace {

constexpr int kServers = 20;
constexpr int kTools = 50;

// About 600 bytes a tool, as they are in practice.
std::string list_result() {
    std::string out = R"({"tools":[)";
    for (int i = 0; i < kTools; ++i)
        out.append(i == 0 ? "" : ",")
            .append(R"({"name":"do_something_)" + std::to_string(i) + R"(","description":")")
            .append(300, 'd')
            .append(R"(","inputSchema":{"type":"object","properties":{"path":{"type":"string","description":")")
            .append(120, 'p')
            .append(R"("},"limit":{"type":"integer","minimum":1}},"required":["path"]}})");
    return out + "]}";
}

struct Servers {
    Servers() {
        for (int i = 0; i < kServers; ++i)
            names.push_back("server" + std::to_string(i));
        for (const auto& name : names)
            lists.push_back({name, result});
    }
    std::string result = list_result();
    std::vector<std::string> names;
    std::vector<ServerList> lists;
};

void merge(benchmark::State& state, NamePrefix prefix) {
    const Servers servers;
    for (auto _ : state)
        benchmark::DoNotOptimize(merge_by_name("tools", servers.lists, prefix));
    state.counters["bytes"] = static_cast<double>(servers.result.size() * kServers);
}
BENCHMARK_CAPTURE(merge, always, NamePrefix::always)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(merge, on_collision, NamePrefix::on_collision)->Unit(benchmark::kMicrosecond);

void all_pages(benchmark::State& state) {
    const Servers servers;
    const AggregateList list = merge_by_name("tools", servers.lists, NamePrefix::always);
    for (auto _ : state) {
        std::string cursor;
        int pages = 0;
        do {
            const auto page = page_of(list, "tools", cursor, static_cast<std::size_t>(state.range(0)));
            cursor = mcp::member(page.value(), "nextCursor");
            ++pages;
        } while (!cursor.empty());
        state.counters["pages"] = pages;
    }
}
BENCHMARK(all_pages)->Arg(100)->Arg(10000)->Unit(benchmark::kMicrosecond);

void one_page(benchmark::State& state) {
    const Servers servers;
    const AggregateList list = merge_by_name("tools", servers.lists, NamePrefix::always);
    for (auto _ : state)
        benchmark::DoNotOptimize(page_of(list, "tools", {}, 100));
}
BENCHMARK(one_page)->Unit(benchmark::kMicrosecond);

void look_up(benchmark::State& state) {
    const Servers servers;
    const AggregateList list = merge_by_name("tools", servers.lists, NamePrefix::always);
    for (auto _ : state)
        benchmark::DoNotOptimize(list.find("server13__do_something_37"));
}
BENCHMARK(look_up);

void view(benchmark::State& state) {
    const Servers servers;
    const AggregateList list = merge_by_name("tools", servers.lists, NamePrefix::always);
    ViewConfig config;
    config.name = "v";
    config.tools = {"*", "!*_1?", "server1*"};
    config.rename = {{"server3__do_something_7", "seven"}};
    for (auto _ : state)
        benchmark::DoNotOptimize(view_of_tools(list, config));
}
BENCHMARK(view)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace agenthub

BENCHMARK_MAIN();
