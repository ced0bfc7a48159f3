// What the activity tests share: options for a directory, records to write, and waiting with a bound.
// Header only; each test owns what it makes.

#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "activity/block.hpp"
#include "activity/options.hpp"
#include "base/task_group.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub::test {

inline ActivityOptions options_in(const std::filesystem::path& directory, std::int64_t epoch = 77) {
    ActivityOptions options;
    options.path = directory / "activity.db";
    options.node = "testhost";
    options.epoch = epoch;
    options.retention_days = 0;
    return options;
}

// What a database takes on the disk, its WAL included.
inline std::uintmax_t bytes_on_disk(const std::filesystem::path& path) {
    std::error_code no_wal;
    const auto wal = std::filesystem::file_size(path.string() + "-wal", no_wal);
    return std::filesystem::file_size(path) + (no_wal ? 0 : wal);
}

inline constexpr std::int64_t kTestTime = 1'785'000'000'123;  // 2026-07-25

inline ActivityRecord simple_record() {
    ActivityRecord r;
    r.unix_ms = kTestTime;
    r.request_id = "0b0e2f2c-6f4e-4d8e-9b1e-0123456789ab";
    r.client_id = "anonymous";
    r.http_method = "GET";
    r.path = "/health";
    r.http_status = 200;
    return r;
}

// Blocks with `count` records, each changed by `change(record, index)` before it is added.
template <class F>
std::vector<BlockPtr> blocks_of(std::int64_t count, std::int64_t first_sequence, F change) {
    std::vector<BlockPtr> blocks;
    for (std::int64_t i = 0; i < count; ++i) {
        if (blocks.empty() || !blocks.back()->fits())
            blocks.push_back(std::make_unique<RecordBlock>());
        ActivityRecord record = simple_record();
        change(record, i);
        blocks.back()->append(record, first_sequence + i);
    }
    return blocks;
}

namespace detail {
template <class T>
awaitable<void> keep(awaitable<T> operation, std::optional<T>& out) {
    T value = co_await std::move(operation);
    out.emplace(std::move(value));
}
inline awaitable<void> bounded(awaitable<void> task, bool& ended) {
    ended = co_await ends_by(std::move(task), Deadline::after(std::chrono::seconds(60)));
}
}  // namespace detail

// Runs the loop until the operation has ended, for at most a minute; throws otherwise.
template <class T>
T wait_for(asio::io_context& loop, awaitable<T> operation) {
    std::optional<T> out;
    bool ended = false;
    loop.restart();
    run_to_end(loop, detail::bounded(detail::keep(std::move(operation), out), ended));
    EXPECT_TRUE(ended);
    return std::move(out).value();
}

}  // namespace agenthub::test
