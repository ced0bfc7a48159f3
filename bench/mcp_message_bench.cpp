// What a message costs on its way through: taking a line in, checking it, and writing it out with another id.
// Goals: 0.5 us for a call of 200 bytes, 1 GB/s for calls of 1 MiB.

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "mcp/message.hpp"

namespace agenthub::mcp {
namespace {

constexpr std::size_t kMiB = 1 << 20;

std::string call_with(const std::string& arguments) {
    return R"({"jsonrpc":"2.0","id":4711,"method":"tools/call","params":{"name":"search_files","arguments":)" +
           arguments + R"(,"_meta":{"progressToken":4711}}})";
}

std::string small_call() {
    const std::string arguments = R"({"path":"/home/user/projects/hub","pattern":"*.cpp","limit":50)";
    const std::size_t without_text = call_with(arguments + R"(,"q":""})").size();
    return call_with(arguments + R"(,"q":")" + std::string(200 - without_text, 'q') + R"("})");
}

std::string one_long_string() {
    return call_with(R"({"content":")" + std::string(kMiB, 'x') + R"("})");
}

// Source code as a tool would send it: an escape every few dozen characters.
std::string one_escaped_string() {
    std::string text;
    while (text.size() < kMiB)
        text += R"(    return std::string(\"value\");\n\tfor (const auto& x : list)\n)";
    return call_with(R"({"content":")" + text + R"("})");
}

std::string many_small_members() {
    std::string text = "[";
    for (std::size_t i = 0; text.size() < kMiB; ++i)
        text += R"({"name":"file_)" + std::to_string(i) + R"(.cpp","size":)" + std::to_string(i * 37) +
                R"(,"is_directory":false,"modified":"2026-07-28T12:00:00Z"},)";
    return call_with(R"({"entries":)" + text + "null]}");
}

std::string number_array() {
    std::string text = "[";
    for (std::size_t i = 0; text.size() < kMiB; ++i)
        text += "-0.0" + std::to_string(i * 7919 % 1'000'000) + ",";
    return call_with(R"({"embedding":)" + text + "0]}");
}

std::string short_number_array() {
    std::string text = "[";
    for (std::size_t i = 0; text.size() < kMiB; ++i)
        text += std::to_string(i % 256) + ",";
    return call_with(R"({"bytes":)" + text + "0]}");
}

void parse_and_reid(benchmark::State& state, const std::string& text) {
    std::string out;
    for (auto _ : state) {
        auto message = Message::parse(text);
        if (!message) {
            state.SkipWithError(message.error().message.c_str());
            break;
        }
        out.clear();
        message->append_with_id(out, "123456");
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

BENCHMARK_CAPTURE(parse_and_reid, call_of_200_bytes, small_call());
BENCHMARK_CAPTURE(parse_and_reid, mib_one_long_string, one_long_string());
BENCHMARK_CAPTURE(parse_and_reid, mib_one_escaped_string, one_escaped_string());
BENCHMARK_CAPTURE(parse_and_reid, mib_small_members, many_small_members());
BENCHMARK_CAPTURE(parse_and_reid, mib_numbers, number_array());
BENCHMARK_CAPTURE(parse_and_reid, mib_short_numbers, short_number_array());

}  // namespace
}  // namespace agenthub::mcp

BENCHMARK_MAIN();
