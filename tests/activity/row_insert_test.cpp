// Rows that are inserted sixteen at a time are as if each had been inserted for itself.

#include "activity/row_insert.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/activity/store_support.hpp"

namespace agenthub {
namespace {

using test::blocks_of;
using test::StoreTest;

constexpr std::int64_t kRows = RowInsert::kRows;

struct RowInsertTest : StoreTest {
    // The row with that sequence.
    ActivityEntry row(std::int64_t sequence) {
        ActivityQuery query;
        query.limit = 1000;
        for (auto& entry : page(query).entries)
            if (entry.sequence == sequence)
                return std::move(entry);
        ADD_FAILURE() << "no row " << sequence;
        return {};
    }
};

// One statement more, one less, and neighbours that differ in everything or in nothing.
TEST_F(RowInsertTest, keeps_what_each_row_says) {
    for (const std::int64_t count : {kRows - 1, kRows, kRows + 1, 3 * kRows, 3 * kRows + 5}) {
        ASSERT_TRUE(store->clear(1'000'000).has_value());
        write(count, 1, [](ActivityRecord& r, std::int64_t n) {
            if (n % 3 == 0)
                return;                                // as all others of its kind
            static std::array<std::string, 10> texts;  // blocks_of() copies them at once
            for (std::size_t i = 0; i < texts.size(); ++i)
                texts[i] = std::string(1, static_cast<char>('a' + i)) + std::to_string(n);
            r.request_id = texts[0];
            r.client_id = texts[1];
            r.client_ip = texts[2];
            r.http_method = texts[3];
            r.path = texts[4];
            r.mcp_method = texts[5];
            r.server = texts[6];
            r.tool = texts[7];
            r.session = texts[8];
            r.error_text = texts[9];
            r.http_status = static_cast<int>(400 + n);
            r.outcome = Outcome::failed;
            r.error_code = static_cast<int>(-n);
            r.duration_us = n;
            r.queue_us = n + 1;
            r.server_us = n + 2;
            r.bytes_in = n + 3;
            r.bytes_out = n + 4;
        });
        EXPECT_EQ(total({}), count);
        for (std::int64_t n = 0; n < count; ++n) {
            const auto e = row(n + 1);
            const bool plain = n % 3 == 0;
            const std::string number = std::to_string(n);
            EXPECT_EQ(e.client_id, plain ? "anonymous" : "b" + number);
            EXPECT_EQ(e.client_ip, plain ? "" : "c" + number);
            EXPECT_EQ(e.http_method, plain ? "GET" : "d" + number);
            EXPECT_EQ(e.path, plain ? "/health" : "e" + number);
            EXPECT_EQ(e.mcp_method, plain ? "" : "f" + number);
            EXPECT_EQ(e.server, plain ? "" : "g" + number);
            EXPECT_EQ(e.tool, plain ? "" : "h" + number);
            EXPECT_EQ(e.session, plain ? "" : "i" + number);
            EXPECT_EQ(e.error_text, plain ? "" : "j" + number);
            EXPECT_EQ(e.http_status, plain ? 200 : 400 + n);
            EXPECT_EQ(e.error_code, plain ? 0 : -n);
            EXPECT_EQ(e.duration_us + e.queue_us + e.server_us + e.bytes_in + e.bytes_out, plain ? 0 : 5 * n + 10);
        }
    }
}

TEST_F(RowInsertTest, keeps_no_text_of_the_batch_before) {
    for (std::int64_t batch = 0; batch < 5; ++batch) {
        const std::string path = "/batch/" + std::to_string(batch);
        write(kRows, 1 + batch * kRows, [&path](ActivityRecord& r, std::int64_t) { r.path = path; });
    }
    for (std::int64_t n = 0; n < 5 * kRows; ++n)
        EXPECT_EQ(row(n + 1).path, "/batch/" + std::to_string(n / kRows));
}

TEST_F(RowInsertTest, keeps_a_text_with_a_nul_and_what_follows_it) {
    write(3 * kRows, 1, [](ActivityRecord& r, std::int64_t n) {
        using namespace std::string_view_literals;
        r.path = n % 2 == 0 ? "/a\0b"sv : "/a"sv;
    });
    for (std::int64_t n = 0; n < 3 * kRows; ++n)
        EXPECT_EQ(row(n + 1).path, n % 2 == 0 ? "/a\xEF\xBF\xBD"
                                                "b"
                                              : "/a")
            << n;
}

TEST_F(RowInsertTest, of_a_batch_that_is_partly_there_adds_the_rest) {
    const auto nothing = [](ActivityRecord&, std::int64_t) {};
    write(kRows + kRows / 2, 1, nothing);
    const auto written = store->write(blocks_of(4 * kRows, 1, nothing));
    ASSERT_TRUE(written.has_value());
    EXPECT_EQ(*written, 4 * kRows - kRows - kRows / 2);
    EXPECT_EQ(total({}), 4 * kRows);
    EXPECT_EQ(store->stats()->by_status.at(200), 4 * kRows);
}

TEST_F(RowInsertTest, finds_equal_request_ids_of_many_runs_once_each) {
    constexpr std::int64_t kRuns = 34;
    for (std::int64_t epoch = 1; epoch <= kRuns; ++epoch) {
        store.reset();
        options.epoch = epoch;
        open();
        write(kRows, 1, [](ActivityRecord& r, std::int64_t n) { r.request_id = n == 3 ? "same" : "other"; });
    }
    ActivityQuery query;
    query.request_id = "same";
    EXPECT_EQ(total(query), kRuns);
    query.request_id = "none";
    EXPECT_EQ(total(query), 0);
}

}  // namespace
}  // namespace agenthub
