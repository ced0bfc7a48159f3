// The activity service on a loop and a directory of the test's own.
// Header only; the fixture owns everything.

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "activity/service.hpp"
#include "tests/activity/activity_support.hpp"

namespace agenthub::test {

struct ServiceTest : testing::Test {
    test::TempDir dir;
    asio::io_context loop;
    ActivityOptions options = test::options_in(dir.path());
    std::unique_ptr<ActivityService> service;

    void start() { service = std::make_unique<ActivityService>(loop.get_executor(), options); }
    void record(int count) {
        for (int i = 0; i < count; ++i)
            service->log().record(simple_record());
    }
    bool flush(Duration limit = std::chrono::seconds(30)) {
        return wait_for(loop, service->flush(Deadline::after(limit)));
    }
    result<ActivityPage> page(ActivityQuery query = {}, Deadline deadline = {}) {
        return wait_for(loop, service->query(std::move(query), deadline));
    }
    std::int64_t total(ActivityQuery query = {}) {
        const auto got = page(std::move(query));
        EXPECT_TRUE(got.has_value()) << got.error().message;
        return got.has_value() ? got->total : -1;
    }
};

}  // namespace agenthub::test
