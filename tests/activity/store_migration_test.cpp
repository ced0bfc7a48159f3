// A database of version 1 is taken over in place: no row is lost, and what counts do not know yet is looked at.

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <string>

#include "activity/store_schema.hpp"
#include "tests/activity/store_support.hpp"

namespace agenthub {
namespace {

using test::kTestTime;
using test::StoreTest;

// As version 1 made it, with `rows` rows of two clients, every tenth with an error.
void make_version_1(const std::filesystem::path& path, int rows) {
    SQLite::Database db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db.exec("PRAGMA auto_vacuum = INCREMENTAL");
    db.exec("PRAGMA journal_mode = WAL");
    db.exec(R"sql(
CREATE TABLE run (
    id INTEGER PRIMARY KEY, node TEXT NOT NULL, epoch INTEGER NOT NULL, started_ms INTEGER NOT NULL,
    UNIQUE (node, epoch));
CREATE TABLE activity_row (
    id INTEGER PRIMARY KEY, unix_ms INTEGER NOT NULL, http_status INTEGER NOT NULL, http_method TEXT NOT NULL,
    outcome TEXT NOT NULL, server TEXT NOT NULL, tool TEXT NOT NULL, mcp_method TEXT NOT NULL,
    client_id TEXT NOT NULL, request_id TEXT NOT NULL, error_code INTEGER NOT NULL, duration_us INTEGER NOT NULL,
    queue_us INTEGER NOT NULL, server_us INTEGER NOT NULL, bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,
    client_ip TEXT NOT NULL, session TEXT NOT NULL, path TEXT NOT NULL, error_text TEXT NOT NULL);
CREATE INDEX activity_by_request ON activity_row (id >> 10, substr(request_id, 1, 8));
CREATE TABLE activity_bucket (bucket INTEGER PRIMARY KEY, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL);
CREATE TABLE activity_client (
    client_id TEXT NOT NULL, bucket INTEGER NOT NULL, rows INTEGER NOT NULL,
    PRIMARY KEY (client_id, bucket)) WITHOUT ROWID;
CREATE TABLE activity_total (
    http_method TEXT NOT NULL, http_status INTEGER NOT NULL, rows INTEGER NOT NULL,
    PRIMARY KEY (http_method, http_status)) WITHOUT ROWID;
CREATE VIEW activity AS SELECT
    run.node AS node, run.epoch AS epoch, a.id & 1099511627775 AS sequence,
    strftime('%Y-%m-%dT%H:%M:%fZ', a.unix_ms / 1000.0, 'unixepoch') AS timestamp, a.*
    FROM activity_row AS a LEFT JOIN run ON run.id = a.id >> 40;
)sql");
    db.exec("PRAGMA user_version = 1");
    db.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    db.exec("INSERT INTO run VALUES (1, 'testhost', 5, 0)");
    db.exec("WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < " + std::to_string(rows) +
            ") INSERT INTO activity_row SELECT (1 << 40) + i + 1, " + std::to_string(kTestTime) +
            " + i, iif(i % 10, 200, 502), 'GET', 'ok', 'srv', '', '', iif(i % 2, 'odd', 'even'), 'request-' || i,"
            " 0, 1, 0, 0, 0, 0, '', '', '/x', iif(i % 10, '', 'connection refused') FROM n");
    db.exec("INSERT INTO activity_bucket SELECT id >> 10, min(unix_ms), max(unix_ms) FROM activity_row GROUP BY 1");
    db.exec("INSERT INTO activity_client SELECT client_id, id >> 10, count(*) FROM activity_row GROUP BY 1, 2");
    db.exec("INSERT INTO activity_total SELECT http_method, http_status, count(*) FROM activity_row GROUP BY 1, 2");
}

struct MigrationTest : test::StoreTest {
    static constexpr int kRows = 5000;

    void SetUp() override {
        make_version_1(options.path, kRows);
        open();
    }
    void expect_all(std::int64_t more = 0) {
        ActivityQuery q;
        EXPECT_EQ(total(q), kRows + more);
        q.status_min = 500;
        EXPECT_EQ(total(q), kRows / 10);
        q.client_id = "even";
        EXPECT_EQ(total(q), kRows / 10);
        q.client_id = "odd";
        EXPECT_EQ(total(q), 0);
        q = {};
        q.request_id = "request-4321";
        EXPECT_EQ(page(q).entries.size(), 1U);
        const auto stats = store->stats();
        EXPECT_EQ(stats->total_entries, kRows + more);
        EXPECT_EQ(stats->by_status.at(502), kRows / 10);
    }
    void count_all() {
        for (;;) {
            const auto more = store->catch_up();
            ASSERT_TRUE(more.has_value()) << more.error().message;
            if (!*more)
                return;
        }
    }
    std::int64_t errors() {
        ActivityQuery q;
        q.error = "refused";
        return total(q);
    }
};

TEST_F(MigrationTest, every_row_is_there_before_and_after_it_is_counted) {
    expect_all();
    count_all();
    expect_all();
    EXPECT_EQ(errors(), kRows / 10);
    store.reset();
    open();
    expect_all();
    SQLite::Database shell(options.path, SQLite::OPEN_READONLY);
    EXPECT_EQ(shell.execAndGet("PRAGMA integrity_check").getString(), "ok");
    EXPECT_EQ(shell.execAndGet("PRAGMA user_version").getInt(), kSchemaVersion);
    EXPECT_EQ(shell.execAndGet("SELECT coalesce(sum(rows), 0) FROM activity_total").getInt(), 0);
}

TEST_F(MigrationTest, new_rows_come_in_meanwhile) {
    write(10, 1, [](ActivityRecord&, std::int64_t) {});
    expect_all(10);
    ASSERT_TRUE(store->catch_up().has_value());
    write(10, 11, [](ActivityRecord&, std::int64_t) {});
    expect_all(20);
    count_all();
    expect_all(20);
}

TEST_F(MigrationTest, a_total_by_words_is_no_more_than_a_lower_bound_until_all_is_counted) {
    ActivityQuery q;
    q.error = "refused";
    EXPECT_FALSE(page(q).total_exact);
    count_all();
    EXPECT_TRUE(page(q).total_exact);
}

TEST_F(MigrationTest, retention_works_on_what_is_not_counted) {
    std::int64_t deleted = 0;
    for (;;) {
        const auto chunk = store->delete_before(kTestTime + 1500, 1000);
        ASSERT_TRUE(chunk.has_value()) << chunk.error().message;
        if (*chunk == 0)
            break;
        deleted += *chunk;
    }
    EXPECT_EQ(deleted, 1500);
    EXPECT_EQ(total({}), kRows - 1500);
    EXPECT_EQ(store->stats()->total_entries, kRows - 1500);
    count_all();
    EXPECT_EQ(total({}), kRows - 1500);
    EXPECT_EQ(store->stats()->by_status.at(502), (kRows - 1500) / 10);
    EXPECT_EQ(errors(), (kRows - 1500) / 10);
}

// Versions 2 and 3 had indexes of request ids, each another.
struct OlderIndexTest : StoreTest, testing::WithParamInterface<int> {};

INSTANTIATE_TEST_SUITE_P(Versions, OlderIndexTest, testing::Values(2, 3));

TEST_P(OlderIndexTest, old_and_new_rows_are_found_by_their_request) {
    constexpr std::int64_t kOld = 20'000;  // more than a segment
    write(kOld, 1, [](ActivityRecord& r, std::int64_t n) { r.request_id = n == 7 ? "old" : "some"; });
    store.reset();
    {
        SQLite::Database shell(options.path, SQLite::OPEN_READWRITE);
        shell.exec("DROP TABLE activity_request");
        if (GetParam() == 3) {
            shell.exec("ALTER TABLE activity_row ADD COLUMN request_key INTEGER");
            shell.exec("CREATE INDEX activity_by_request_key ON activity_row (request_key)");
        } else {
            shell.exec("CREATE INDEX activity_by_request_13 ON activity_row (id >> 13, substr(request_id, 1, 8))");
        }
        shell.exec("PRAGMA user_version = " + std::to_string(GetParam()));
    }
    open();
    write(100, kOld + 1, [](ActivityRecord& r, std::int64_t n) { r.request_id = n == 7 ? "new" : "some"; });
    const auto expect_all = [this] {
        for (const auto& [request, rows] : {std::pair{"old", 1}, {"new", 1}, {"some", 20'098}, {"none", 0}}) {
            ActivityQuery query;
            query.request_id = request;
            EXPECT_EQ(total(query), rows) << request;
        }
    };
    expect_all();
    for (auto more = store->catch_up(); *more; more = store->catch_up()) {
    }
    expect_all();
    SQLite::Database shell(options.path, SQLite::OPEN_READONLY);
    EXPECT_EQ(shell.execAndGet("PRAGMA user_version").getInt(), kSchemaVersion);
    EXPECT_EQ(shell.execAndGet("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'activity_by_%'").getInt(), 0);
    EXPECT_EQ(shell.execAndGet("SELECT count(DISTINCT id >> 6) FROM activity_request").getInt(), 1);
    EXPECT_EQ(shell.execAndGet("PRAGMA integrity_check").getString(), "ok");
    EXPECT_EQ(shell.execAndGet("SELECT count(*) FROM activity").getInt(), kOld + 100);
}

}  // namespace
}  // namespace agenthub
