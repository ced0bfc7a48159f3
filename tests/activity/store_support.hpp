// A store in a directory of the test's own.
// Header only; the fixture owns everything.

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "activity/store.hpp"
#include "tests/activity/activity_support.hpp"

namespace agenthub::test {

struct StoreTest : testing::Test {
    TempDir dir;
    ActivityOptions options = options_in(dir.path());
    std::unique_ptr<ActivityStore> store;

    void open() {
        auto opened = ActivityStore::open(options);
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        store = std::move(*opened);
    }
    void SetUp() override { open(); }

    template <class F>
    void write(std::int64_t count, std::int64_t first_sequence, F change) {
        const auto written = store->write(blocks_of(count, first_sequence, change));
        ASSERT_TRUE(written.has_value()) << written.error().message;
        ASSERT_EQ(*written, count);
    }
    ActivityPage page(const ActivityQuery& query) {
        auto got = store->page(query, [] { return false; });
        EXPECT_TRUE(got.has_value()) << got.error().message;
        return std::move(*got);
    }
    std::int64_t total(const ActivityQuery& query) { return page(query).total; }
};

}  // namespace agenthub::test
