// What questions to an activity database of many rows take, and how long the writer is kept waiting by deleting.
// Run alone: bench/activity_rows [MILLIONS, default 10] [DIRECTORY, default the temporary one].

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "activity/store.hpp"
#include "base/uuid.hpp"

namespace agenthub {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::int64_t kBegin = 1'785'000'000'000;
constexpr std::int64_t kBatch = 1000;
constexpr int kRepeats = 9;

double ms_of(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return Milliseconds(std::chrono::steady_clock::now() - begin).count();
}

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "activity_rows: %s\n", why.c_str());
    std::exit(1);
}

// Traffic as a busy daemon has it: few servers, tools and clients, one error in fifty, rare and very rare things.
class Traffic {
public:
    std::vector<BlockPtr> next(std::int64_t count) {
        std::vector<BlockPtr> blocks;
        for (std::int64_t i = 0; i < count; ++i) {
            if (blocks.empty() || !blocks.back()->fits())
                blocks.push_back(std::make_unique<RecordBlock>());
            add(*blocks.back());
        }
        return blocks;
    }
    std::int64_t rows() const { return sequence_; }
    std::int64_t now() const { return kBegin + sequence_ / 20; }

    const std::string& wanted() const { return wanted_; }

private:
    void add(RecordBlock& block) {
        const std::int64_t n = ++sequence_;
        const Uuid id = ids_.next();
        const auto dice = random_();
        const std::string client = "client-" + std::to_string(dice % 20);
        const std::string server = "server-" + std::to_string(dice / 20 % 8);
        const std::string tool = n % 100'003 == 0 ? "rare" : "tool-" + std::to_string(dice / 160 % 6);
        const bool failed = dice / 1000 % 50 == 0;
        ActivityRecord r;
        r.unix_ms = kBegin + n / 20;
        r.request_id = id.view();
        r.client_id = client;
        r.client_ip = "127.0.0.1";
        r.http_method = "POST";
        r.path = "/mcp/everything";
        r.http_status = failed ? 502 : 200;
        r.mcp_method = "tools/call";
        r.server = server;
        r.tool = tool;
        r.session = "0123456789";
        r.outcome = failed ? Outcome::failed : Outcome::ok;
        r.error_text = !failed ? "" : n % 1'000'000 < 50 ? "segmentation fault" : "connection refused by the server";
        r.duration_us = 1234;
        r.server_us = 1200;
        r.bytes_in = 180;
        r.bytes_out = 240;
        if (n == 777'777)
            wanted_ = std::string(id.view());
        block.append(r, n);
    }

    RequestIds ids_;
    std::mt19937 random_{42};
    std::int64_t sequence_ = 0;
    std::string wanted_ = "none";  // the id of one request
};

void measure_page(ActivityStore& store, const char* what, const ActivityQuery& query) {
    std::vector<double> times;
    std::int64_t total = 0;
    std::size_t entries = 0;
    for (int i = 0; i < kRepeats; ++i)
        times.push_back(ms_of([&] {
            const auto page = store.page(query, [] { return false; });
            if (!page.has_value())
                give_up(page.error().message);
            total = page->total;
            entries = page->entries.size();
        }));
    std::sort(times.begin(), times.end());
    std::printf("page  %-34s %8.2f ms  (worst %8.2f)  total %10lld, %zu rows\n", what, times[kRepeats / 2],
                times.back(), static_cast<long long>(total), entries);
}

void measure_pages(ActivityStore& store, const Traffic& traffic) {
    const auto with = [&](const char* what, const std::function<void(ActivityQuery&)>& set) {
        ActivityQuery query;
        set(query);
        measure_page(store, what, query);
    };
    const std::int64_t half = (kBegin + traffic.now()) / 2;
    with("all", [](auto&) {});
    with("all, offset in the middle", [&](auto& q) { q.offset = traffic.rows() / 2; });
    with("client", [](auto& q) { q.client_id = "client-7"; });
    with("client, server, tool, errors", [](auto& q) {
        q.client_id = "client-7";
        q.server = "server-3";
        q.tool = "tool-2";
        q.status_min = 500;
    });
    with("a rare tool", [](auto& q) { q.tool = "rare"; });
    with("nothing matches", [](auto& q) { q.server = "none"; });
    with("outcome, deep", [&](auto& q) {
        q.outcome = "failed";
        q.offset = traffic.rows() / 100;
    });
    with("since the middle", [&](auto& q) { q.since = half + 123; });
    with("a minute in the middle, errors", [&](auto& q) {
        q.since = half + 123;
        q.until = half + 60'123;
        q.status_min = 500;
    });
    with("one request", [&](auto& q) { q.request_id = traffic.wanted(); });
    with("words of many errors", [](auto& q) { q.error = "connection refused"; });
    with("words of few errors", [](auto& q) { q.error = "segmentation"; });
}

void measure_retention(ActivityStore& store, Traffic& traffic) {
    std::vector<double> pauses;
    std::vector<double> writes;
    std::int64_t deleted = 0;
    const std::int64_t before = kBegin + traffic.rows() / 20 / 10;  // a tenth
    for (;;) {
        std::int64_t chunk = 0;
        pauses.push_back(ms_of([&] {
            const auto gone = store.delete_before(before, 10'000);
            if (!gone.has_value())
                give_up(gone.error().message);
            chunk = *gone;
        }));
        if (chunk == 0)
            break;
        deleted += chunk;
        const auto blocks = traffic.next(kBatch);
        writes.push_back(ms_of([&] {
            if (!store.write(blocks).has_value())
                give_up("cannot write");
        }));
    }
    std::sort(pauses.begin(), pauses.end());
    std::sort(writes.begin(), writes.end());
    std::printf(
        "retention: %lld rows deleted in %zu steps; a step %.2f ms, the longest %.2f ms; a batch of %lld rows "
        "meanwhile %.2f ms, the longest %.2f ms\n",
        static_cast<long long>(deleted), pauses.size(), pauses[pauses.size() / 2], pauses.back(),
        static_cast<long long>(kBatch), writes.empty() ? 0.0 : writes[writes.size() / 2],
        writes.empty() ? 0.0 : writes.back());
}

double size_mib(const std::filesystem::path& path) {
    return static_cast<double>(std::filesystem::file_size(path)) / (1 << 20);
}

int run(std::int64_t rows, const std::filesystem::path& parent) {
    const auto directory = parent / ("agenthub-rows-" + std::to_string(::getpid()));
    std::filesystem::create_directory(directory);
    ActivityOptions options;
    options.path = directory / "activity.db";
    options.node = "bench";
    options.epoch = 1;
    options.max_bytes = 0;
    Traffic traffic;
    {
        auto store = std::move(*ActivityStore::open(options));
        const double filled = ms_of([&] {
            while (traffic.rows() < rows) {
                const auto blocks = traffic.next(kBatch);
                if (!store->write(blocks).has_value())
                    give_up("cannot write");
            }
        });
        std::printf("written: %lld rows in batches of %lld, %.0f rows/s; %.0f MiB, %.0f bytes/row\n",
                    static_cast<long long>(rows), static_cast<long long>(kBatch),
                    1e3 * static_cast<double>(rows) / filled, size_mib(options.path),
                    size_mib(options.path) * (1 << 20) / static_cast<double>(rows));
        measure_pages(*store, traffic);
        std::printf("statistics %.2f ms\n", ms_of([&] { (void)store->stats(); }));
        measure_retention(*store, traffic);
        const double freed = size_mib(options.path);
        const double longest = [&] {
            double most = 0;
            for (bool more = true; more;)
                most = std::max(most, ms_of([&] { more = *store->compact(); }));
            return most;
        }();
        std::printf("size after that %.0f MiB, free pages are reused; compacting in steps of at most %.2f ms\n", freed,
                    longest);
    }
    std::printf("opened again in %.0f ms\n", ms_of([&] {
                    if (!ActivityStore::open(options).has_value())
                        give_up("cannot open it again");
                }));
    std::filesystem::remove_all(directory);
    return 0;
}

}  // namespace
}  // namespace agenthub

int main(int argc, char** argv) {
    const double millions = argc > 1 ? std::atof(argv[1]) : 10;
    const auto parent = argc > 2 ? std::filesystem::path(argv[2]) : std::filesystem::temp_directory_path();
    return agenthub::run(static_cast<std::int64_t>(millions * 1e6), parent);
}
