// The audit on a loop and in a directory of the test's own.
// Header only; the fixture owns everything.

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "audit/service.hpp"
#include "tests/audit/audit_support.hpp"

namespace agenthub::test {

using std::chrono::seconds;

inline AuditRecord action(std::string name = "server.start", std::string subject = "echo") {
    AuditRecord record;
    record.actor = "anna";
    record.action = std::move(name);
    record.subject = std::move(subject);
    return record;
}

struct AuditServiceTest : testing::Test {
    test::TempDir dir;
    asio::io_context loop{1};
    AuditOptions options;
    std::unique_ptr<AuditService> service;

    void SetUp() override { options.directory = dir.path(); }
    void TearDown() override { stop(); }

    void start() {
        service = std::make_unique<AuditService>(loop.get_executor(), options);
        service->start();
    }
    void stop() {
        if (service == nullptr)
            return;
        run(service->stop(Deadline::after(seconds(10))));
        service.reset();
    }
    // Runs the loop until the coroutine has ended.
    void run(awaitable<void> task) {
        TaskGroup tasks(loop.get_executor());
        tasks.spawn(std::move(task), "test");
        const TimePoint end = Clock::now() + seconds(30);
        while (tasks.size() != 0 && Clock::now() < end) {
            loop.restart();
            loop.run_one_for(Duration(100));
        }
        EXPECT_EQ(tasks.size(), 0U);
    }
    template <class T>
    T get(awaitable<T> task) {
        std::optional<T> out;
        auto store = [](awaitable<T> inner, std::optional<T>& into) -> awaitable<void> {
            auto value = co_await std::move(inner);
            into.emplace(std::move(value));
        };
        run(store(std::move(task), out));
        return std::move(*out);
    }
    AuditTicket begun(AuditRecord record) {
        auto ticket = get(service->begin(std::move(record)));
        EXPECT_TRUE(ticket.has_value()) << ticket.error().message;
        return std::move(*ticket);
    }
    AuditPage page(AuditQuery query = {}) { return *get(service->page(std::move(query))); }
    void until_written(std::int64_t rows) {
        const TimePoint end = Clock::now() + seconds(20);
        while (service->counters().rows < rows && Clock::now() < end) {
            loop.restart();
            loop.run_one_for(Duration(100));
        }
        EXPECT_GE(service->counters().rows, rows);
    }
};

}  // namespace agenthub::test
