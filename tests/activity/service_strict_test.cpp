#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <optional>
#include <vector>

#include "tests/activity/service_support.hpp"

namespace agenthub {
namespace {

using test::ServiceTest;
using test::simple_record;
using test::wait_for;

struct StrictTest : ServiceTest {
    StrictTest() { options.strict = true; }

    result<void> committed(std::int64_t row) { return wait_for(loop, service->log().gate()->committed(row)); }
    std::int64_t rows_in_file() {
        SQLite::Database db(options.path, SQLite::OPEN_READONLY);
        return db.execAndGet("SELECT count(*) FROM activity_row").getInt64();
    }
};

// No file of this process may grow: the nearest thing to a full disk that needs no privileges.
class FullDisk {
public:
    FullDisk() {
        ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit full = before_;
        full.rlim_cur = 4096;
        ::setrlimit(RLIMIT_FSIZE, &full);
    }
    ~FullDisk() { end(); }
    void end() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    rlimit before_{};
};

TEST_F(ServiceTest, relaxed_mode_has_no_gate) {
    start();
    EXPECT_EQ(service->log().gate(), nullptr);
    EXPECT_FALSE(service->counters().strict);
}

TEST_F(StrictTest, a_row_is_in_the_file_when_its_reply_may_leave) {
    options.batch = Duration(60'000);  // nothing waits for the timer
    start();
    EXPECT_TRUE(service->counters().strict);
    for (int i = 1; i <= 20; ++i) {
        const std::int64_t row = service->log().record(simple_record());
        EXPECT_EQ(row, i);
        ASSERT_TRUE(committed(row).has_value());
        EXPECT_GE(rows_in_file(), i);
    }
}

TEST_F(StrictTest, rows_that_come_together_are_committed_together) {
    start();
    std::int64_t row = 0;
    for (int i = 0; i < 1000; ++i)
        row = service->log().record(simple_record());
    ASSERT_TRUE(committed(row).has_value());
    EXPECT_LT(service->counters().batches, 10);
}

TEST_F(StrictTest, a_record_that_finds_no_room_has_no_row) {
    options.queue = 3;
    start();
    ASSERT_TRUE(flush());
    SQLite::Database other(options.path, SQLite::OPEN_READWRITE);
    other.exec("BEGIN EXCLUSIVE");
    for (int i = 1; i <= 3; ++i)
        EXPECT_EQ(service->log().record(simple_record()), i);
    EXPECT_EQ(service->log().record(simple_record()), 0) << "one over";
    other.exec("COMMIT");
}

TEST_F(StrictTest, a_full_disk_is_told_to_those_who_wait_and_to_those_who_come_until_there_is_space) {
    start();
    ASSERT_TRUE(committed(service->log().record(simple_record())).has_value());
    {
        const FullDisk full;
        const std::int64_t row = service->log().record(simple_record());
        const auto lost = committed(row);
        ASSERT_FALSE(lost.has_value());
        EXPECT_EQ(lost.error().code, errc::record_lost);
        EXPECT_NE(service->log().gate()->failure(), "");
        EXPECT_FALSE(committed(service->log().record(simple_record())).has_value());
    }
    EXPECT_TRUE(flush());  // what was recorded is written late
    loop.restart();
    loop.poll();
    EXPECT_EQ(service->log().gate()->failure(), "") << "it recovers by itself";
    EXPECT_TRUE(committed(service->log().record(simple_record())).has_value());
    EXPECT_EQ(total(), 4);
}

TEST_F(StrictTest, a_database_that_is_locked_for_long_counts_as_one_that_cannot_be_written) {
    start();
    ASSERT_TRUE(flush());
    SQLite::Database other(options.path, SQLite::OPEN_READWRITE);
    other.exec("BEGIN EXCLUSIVE");
    const auto lost = committed(service->log().record(simple_record()));
    ASSERT_FALSE(lost.has_value());
    EXPECT_NE(lost.error().message.find("Another process holds it"), std::string::npos) << lost.error().message;
    other.exec("COMMIT");
    EXPECT_TRUE(flush());
}

}  // namespace
}  // namespace agenthub
