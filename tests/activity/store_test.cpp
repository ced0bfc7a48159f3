#include "activity/store.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>

#include "activity/store_schema.hpp"
#include "activity/store_sql.hpp"
#include "tests/activity/store_support.hpp"

namespace agenthub {
namespace {

using test::blocks_of;
using test::kTestTime;
using test::StoreTest;

TEST_F(StoreTest, returns_every_field_as_it_was) {
    write(1, 9, [](ActivityRecord& r, std::int64_t) {
        r.unix_ms = kTestTime;
        r.request_id = "rid";
        r.client_id = "cid";
        r.client_ip = "10.0.0.1";
        r.http_method = "POST";
        r.path = "/mcp/x";
        r.http_status = 502;
        r.mcp_method = "tools/call";
        r.server = "srv";
        r.tool = "echo";
        r.session = "sess";
        r.outcome = Outcome::failed;
        r.error_code = -32000;
        r.error_text = "gone";
        r.duration_us = 2;
        r.queue_us = 3;
        r.server_us = 4;
        r.bytes_in = 1LL << 40;
        r.bytes_out = 6;
    });
    const auto got = page({});
    ASSERT_EQ(got.entries.size(), 1U);
    const ActivityEntry& e = got.entries.front();
    EXPECT_EQ(e.node, "testhost");
    EXPECT_EQ(e.epoch, 77);
    EXPECT_EQ(e.sequence, 9);
    EXPECT_EQ(e.unix_ms, kTestTime);
    EXPECT_EQ(e.request_id, "rid");
    EXPECT_EQ(e.client_id, "cid");
    EXPECT_EQ(e.client_ip, "10.0.0.1");
    EXPECT_EQ(e.http_method, "POST");
    EXPECT_EQ(e.path, "/mcp/x");
    EXPECT_EQ(e.http_status, 502);
    EXPECT_EQ(e.mcp_method, "tools/call");
    EXPECT_EQ(e.server, "srv");
    EXPECT_EQ(e.tool, "echo");
    EXPECT_EQ(e.session, "sess");
    EXPECT_EQ(e.outcome, "failed");
    EXPECT_EQ(e.error_code, -32000);
    EXPECT_EQ(e.error_text, "gone");
    EXPECT_EQ(e.duration_us, 2);
    EXPECT_EQ(e.queue_us, 3);
    EXPECT_EQ(e.server_us, 4);
    EXPECT_EQ(e.bytes_in, 1LL << 40);
    EXPECT_EQ(e.bytes_out, 6);
}

TEST_F(StoreTest, writing_a_batch_again_changes_nothing) {
    const auto blocks = blocks_of(100, 1, [](ActivityRecord&, std::int64_t) {});
    EXPECT_EQ(*store->write(blocks), 100);
    EXPECT_EQ(*store->write(blocks), 0);
    EXPECT_EQ(total({}), 100);
    EXPECT_EQ(store->stats()->by_status.at(200), 100);
}

TEST_F(StoreTest, rows_of_several_runs_stay_in_order_and_apart) {
    write(3, 1, [](ActivityRecord& r, std::int64_t) { r.request_id = "same"; });
    store.reset();
    options.epoch = 5;  // smaller than before: epochs are random
    open();
    write(2, 1, [](ActivityRecord& r, std::int64_t) { r.request_id = "same"; });
    ActivityQuery q;
    q.request_id = "same";
    const auto got = page(q);
    EXPECT_EQ(got.total, 5);
    ASSERT_EQ(got.entries.size(), 5U);
    EXPECT_EQ(got.entries[0].epoch, 5);
    EXPECT_EQ(got.entries[0].sequence, 2);
    EXPECT_EQ(got.entries[4].epoch, 77);
    EXPECT_EQ(got.entries[4].sequence, 1);
}

TEST_F(StoreTest, the_view_shows_people_the_key) {
    write(1, 4, [](ActivityRecord&, std::int64_t) {});
    SQLite::Database shell(options.path, SQLite::OPEN_READONLY);
    SQLite::Statement row(shell, "SELECT node, epoch, sequence, timestamp, path FROM activity");
    ASSERT_TRUE(row.executeStep());
    EXPECT_EQ(row.getColumn(0).getString(), "testhost");
    EXPECT_EQ(row.getColumn(1).getInt64(), 77);
    EXPECT_EQ(row.getColumn(2).getInt64(), 4);
    EXPECT_EQ(row.getColumn(3).getString(), "2026-07-25T17:20:00.123Z");
    EXPECT_EQ(row.getColumn(4).getString(), "/health");
}

TEST_F(StoreTest, a_lock_of_another_process_stops_writing_but_not_reading) {
    write(5, 1, [](ActivityRecord&, std::int64_t) {});
    SQLite::Database other(options.path, SQLite::OPEN_READWRITE);
    other.exec("BEGIN EXCLUSIVE");
    const auto blocks = blocks_of(5, 6, [](ActivityRecord&, std::int64_t) {});
    const auto refused = store->write(blocks);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, StoreFailure::Kind::busy);
    EXPECT_EQ(total({}), 5);
    other.exec("COMMIT");
    EXPECT_EQ(*store->write(blocks), 5);
    EXPECT_EQ(total({}), 10);
}

TEST_F(StoreTest, the_file_is_readable_by_its_owner_alone) {
    const auto mode = std::filesystem::status(options.path).permissions();
    EXPECT_EQ(mode & std::filesystem::perms::all,
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(StoreTest, keeps_the_rows_of_a_present_database) {
    write(3, 1, [](ActivityRecord&, std::int64_t) {});
    store.reset();
    open();
    EXPECT_EQ(total({}), 3);
    write(1, 4, [](ActivityRecord&, std::int64_t) {});
    EXPECT_EQ(page({}).entries.front().sequence, 4);
}

TEST_F(StoreTest, a_newer_schema_is_refused_and_left_alone) {
    write(3, 1, [](ActivityRecord&, std::int64_t) {});
    store.reset();
    {
        SQLite::Database shell(options.path, SQLite::OPEN_READWRITE);
        shell.exec("PRAGMA user_version = " + std::to_string(kSchemaVersion + 1));
    }
    const auto refused = ActivityStore::open(options);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, StoreFailure::Kind::unavailable);
    EXPECT_NE(refused.error().message.find("version " + std::to_string(kSchemaVersion + 1)), std::string::npos)
        << refused.error().message;
    SQLite::Database shell(options.path, SQLite::OPEN_READONLY);
    EXPECT_EQ(shell.execAndGet("SELECT count(*) FROM activity_row").getInt(), 3);
}

TEST(StoreFailure, the_kind_of_an_error_decides_what_is_done_and_the_message_says_so) {
    using Kind = StoreFailure::Kind;
    const std::pair<int, Kind> kKinds[] = {{SQLITE_BUSY, Kind::busy},
                                           {SQLITE_LOCKED, Kind::busy},
                                           {SQLITE_INTERRUPT, Kind::interrupted},
                                           {SQLITE_CORRUPT, Kind::corrupt},
                                           {SQLITE_NOTADB, Kind::corrupt},
                                           {SQLITE_FULL, Kind::no_space},
                                           {SQLITE_IOERR, Kind::unavailable},
                                           {SQLITE_READONLY, Kind::unavailable},
                                           {SQLITE_CANTOPEN, Kind::unavailable},
                                           {SQLITE_ERROR, Kind::refused},
                                           {SQLITE_TOOBIG, Kind::refused},
                                           {SQLITE_IOERR_WRITE, Kind::unavailable}};
    for (const auto& [code, kind] : kKinds) {
        const auto failure = failure_of(SQLite::Exception("the reason", code), "write to", "/x/activity.db");
        EXPECT_EQ(failure.kind, kind) << code;
        EXPECT_TRUE(failure.message.starts_with("cannot write to the activity database /x/activity.db: the reason"));
    }
}

TEST(StoreOpen, a_database_of_somebody_else_is_refused) {
    const test::TempDir dir;
    const auto options = test::options_in(dir.path());
    {
        SQLite::Database other(options.path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        other.exec("CREATE TABLE precious (x)");
    }
    const auto refused = ActivityStore::open(options);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, StoreFailure::Kind::unavailable);
    EXPECT_NE(refused.error().message.find("not AgentHub's"), std::string::npos) << refused.error().message;
}

TEST(StoreOpen, a_missing_directory_is_named_with_the_reason) {
    const test::TempDir dir;
    const auto options = test::options_in(dir.path() / "missing");
    const auto refused = ActivityStore::open(options);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, StoreFailure::Kind::unavailable);
    EXPECT_NE(refused.error().message.find("No such file or directory"), std::string::npos);
    EXPECT_NE(refused.error().message.find(options.path.string()), std::string::npos);
}

TEST(StoreOpen, an_empty_file_becomes_a_database) {
    const test::TempDir dir;
    const auto options = test::options_in(dir.path());
    create_file(options.path);
    EXPECT_TRUE(ActivityStore::open(options).has_value());
}

}  // namespace
}  // namespace agenthub
