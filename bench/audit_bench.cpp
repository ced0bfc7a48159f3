// What the audit costs: writing rows, and verifying many of them beside a loop that goes on.
// `audit_bench [ROWS]`, a million unless told: prints figures, and ends with 1 when one is beyond its bound.

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "audit/service.hpp"
#include "audit/store.hpp"
#include "base/loop_lag.hpp"

namespace {

using namespace agenthub;

constexpr std::int64_t kRows = 1'000'000;
constexpr std::size_t kGroup = 10'000;
constexpr double kVerifySeconds = 30;  // of a million rows
constexpr double kLagMs = 50;

double seconds_since(TimePoint begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::vector<AuditRecord> group_of(std::int64_t first) {
    std::vector<AuditRecord> out(kGroup);
    for (std::size_t i = 0; i < out.size(); ++i) {
        AuditRecord& record = out[i];
        record.unix_ms = 1'785'000'000'000 + first + static_cast<std::int64_t>(i);
        record.actor = "client-" + std::to_string(i % 100);
        record.client_ip = "127.0.0.1";
        record.request_id = "4f3c2f2c-6f4e-4d8e-9b1e-" + std::to_string(100'000'000'000 + first);
        record.action = "server.restart";
        record.subject = "server-" + std::to_string(i % 20);
        record.status = i % 2 == 0 ? AuditStatus::initiated : AuditStatus::success;
        record.before = R"({"status":"running","pid":29747,"restart_count":0})";
        record.after = R"({"status":"running","pid":29790,"restart_count":0})";
    }
    return out;
}

bool fill(const std::filesystem::path& directory, std::int64_t rows) {
    auto store = AuditStore::open(directory);
    if (!store)
        return false;
    const TimePoint begin = Clock::now();
    for (std::int64_t row = 0; row < rows; row += static_cast<std::int64_t>(kGroup))
        if (auto written = (*store)->write(group_of(row)); !written) {
            std::fprintf(stderr, "%s\n", written.error().message.c_str());
            return false;
        }
    std::printf("wrote %lld rows in groups of %zu: %.2f s, %.0f bytes a row\n", static_cast<long long>(rows), kGroup,
                seconds_since(begin),
                static_cast<double>(std::filesystem::file_size(AuditStore::database_of(directory))) /
                    static_cast<double>(rows));
    return true;
}

// Actions go on while the record is verified.
awaitable<void> act(AuditService& service, const bool& over, int& actions, double& slowest_ms) {
    while (!over) {
        AuditRecord record;
        record.action = "breaker.reset";
        const TimePoint begin = Clock::now();
        auto beginning = service.begin(std::move(record));
        auto ticket = co_await std::move(beginning);
        if (!ticket)
            co_return;
        AuditOutcome outcome;
        auto ending = service.end(std::move(*ticket), std::move(outcome));
        co_await std::move(ending);
        ++actions;
        slowest_ms = std::max(slowest_ms, seconds_since(begin) * 1000);
    }
}

awaitable<void> measure(AuditService& service, LoopLag& lag, std::int64_t rows, int& exit_code) {
    TaskGroup tasks(co_await boost::asio::this_coro::executor);
    tasks.spawn(lag.run(), "lag");
    service.start();
    bool over = false;
    int actions = 0;
    double slowest_ms = 0;
    tasks.spawn(act(service, over, actions, slowest_ms), "actions");
    const TimePoint begin = Clock::now();
    auto verifying = service.verify(std::nullopt);
    const auto found = co_await std::move(verifying);
    const double took = seconds_since(begin);
    over = true;
    const double lag_ms = std::chrono::duration<double, std::milli>(lag.longest()).count();
    std::printf(
        "verified %lld rows: %.2f s, valid %d; loop lag at most %.1f ms; %d actions meanwhile, the slowest %.1f ms\n",
        static_cast<long long>(rows), took, found && found->valid() ? 1 : 0, lag_ms, actions, slowest_ms);
    if (!found || !found->valid() || took > kVerifySeconds * static_cast<double>(rows) / kRows || lag_ms > kLagMs)
        exit_code = 1;
    tasks.cancel();
    co_await tasks.join();
    auto stopping = service.stop(Deadline::after(Duration(10'000)));
    co_await std::move(stopping);
}

}  // namespace

int main(int argc, char** argv) {
    const std::int64_t rows = argc > 1 ? std::atoll(argv[1]) : kRows;
    std::string name = (std::filesystem::temp_directory_path() / "agenthub-audit-bench-XXXXXX").string();
    if (rows < 1 || ::mkdtemp(name.data()) == nullptr)
        return 2;
    int exit_code = fill(name, rows) ? 0 : 1;
    if (exit_code == 0) {
        boost::asio::io_context loop(1);
        AuditOptions options;
        options.directory = name;
        AuditService service(loop.get_executor(), options);
        LoopLag lag;
        run_to_end(loop, measure(service, lag, rows, exit_code));
    }
    std::filesystem::remove_all(name);
    return exit_code;
}
