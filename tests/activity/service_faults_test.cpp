#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "activity/store.hpp"
#include "tests/activity/service_support.hpp"

namespace agenthub {
namespace {

using std::chrono::seconds;
using test::ServiceTest;
using test::simple_record;
using test::wait_for;

TEST_F(ServiceTest, with_the_database_locked_nothing_is_lost_and_questions_are_answered) {
    start();
    record(10);
    ASSERT_TRUE(flush());
    SQLite::Database other(options.path, SQLite::OPEN_READWRITE);
    other.exec("BEGIN EXCLUSIVE");
    record(20'000);
    service->log().hand_over();
    EXPECT_EQ(total(), 10);
    EXPECT_EQ(wait_for(loop, service->stats())->total_entries, 10);
    auto counters = service->counters();
    EXPECT_EQ(counters.queued, 20'000);
    EXPECT_NE(counters.last_error.find("Another process holds it"), std::string::npos) << counters.last_error;
    EXPECT_FALSE(flush(Duration(100)));
    other.exec("COMMIT");
    EXPECT_TRUE(flush());
    EXPECT_EQ(total(), 20'010);
    counters = service->counters();
    EXPECT_EQ(counters.dropped, 0);
    EXPECT_EQ(counters.last_error, "");
}

TEST_F(ServiceTest, changes_wait_for_a_lock_until_their_deadline) {
    start();
    record(10);
    ASSERT_TRUE(flush());
    SQLite::Database other(options.path, SQLite::OPEN_READWRITE);
    other.exec("BEGIN EXCLUSIVE");
    const auto late = wait_for(loop, service->clear(Deadline::after(Duration(60))));
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().code, errc::timeout);
    other.exec("COMMIT");
    EXPECT_EQ(*wait_for(loop, service->clear()), 10);
}

TEST_F(ServiceTest, a_clear_ends_and_keeps_what_comes_while_it_runs) {
    start();
    record(10);
    bool over = false;
    auto traffic = [&]() -> awaitable<void> {
        SteadyTimer pause(loop.get_executor());
        while (!over) {
            record(1);
            service->log().hand_over();
            pause.expires_after(Duration(0));
            co_await pause.async_wait(use_awaitable);
        }
    };
    TaskGroup group(loop.get_executor());
    group.spawn(traffic(), "traffic");
    const auto cleared = wait_for(loop, service->clear());
    over = true;
    loop.restart();
    loop.run();
    ASSERT_TRUE(cleared.has_value()) << cleared.error().message;
    ASSERT_TRUE(flush());
    EXPECT_EQ(total(), service->log().recorded() - *cleared);
    EXPECT_GE(*cleared, 10);
}

TEST_F(ServiceTest, a_queue_at_its_limit_loses_nothing_and_one_over_is_told_by_a_row) {
    options.queue = 300;
    start();
    ASSERT_TRUE(flush());
    SQLite::Database other(options.path, SQLite::OPEN_READWRITE);
    other.exec("BEGIN EXCLUSIVE");
    record(300);
    EXPECT_EQ(service->counters().dropped, 0);
    record(1);
    EXPECT_EQ(service->counters().dropped, 1);
    other.exec("COMMIT");
    ASSERT_TRUE(flush());
    record(1);
    ASSERT_TRUE(flush());
    EXPECT_EQ(total(), 302);
    ActivityQuery q;
    q.outcome = "overflow";
    const auto rows = page(q);
    ASSERT_EQ(rows->entries.size(), 1U);
    EXPECT_TRUE(rows->entries.front().error_text.starts_with("1 records were lost"));
    EXPECT_EQ(rows->entries.front().sequence, 301);
}

TEST_F(ServiceTest, questions_open_at_the_end_are_answered_with_an_error) {
    start();
    ASSERT_TRUE(flush());
    SQLite::Database other(options.path, SQLite::OPEN_READWRITE);
    other.exec("BEGIN EXCLUSIVE");
    std::optional<errc> code;
    auto ask = [&]() -> awaitable<void> {
        const auto answer = co_await service->clear(Deadline::after(seconds(30)));
        code = answer.error().code;
    };
    TaskGroup group(loop.get_executor());
    group.spawn(ask(), "ask");
    loop.restart();
    loop.poll();
    record(1);
    service->stop(Deadline::after(Duration(50)));  // the record cannot be written either
    loop.restart();
    loop.run();
    EXPECT_EQ(code, errc::cancelled);
    EXPECT_EQ(page().error().code, errc::busy);
    other.exec("COMMIT");
}

TEST_F(ServiceTest, a_file_that_is_no_database_is_set_aside) {
    std::ofstream(options.path) << std::string(10'000, 'x');
    start();
    record(5);
    EXPECT_TRUE(flush());
    EXPECT_EQ(total(), 5);
    int set_aside = 0;
    for (const auto& file : std::filesystem::directory_iterator(dir.path()))
        if (file.path().filename().string().starts_with("activity.db.corrupt-")) {
            ++set_aside;
            EXPECT_EQ(std::filesystem::file_size(file.path()), 10'000U);
        }
    EXPECT_EQ(set_aside, 1);
    EXPECT_EQ(service->counters().last_error, "");
}

TEST_F(ServiceTest, damage_found_while_writing_loses_no_new_row) {
    start();
    record(5000);
    service.reset();
    {
        // The first page is whole, so the database opens; every other is garbage.
        std::fstream file(options.path, std::ios::in | std::ios::out | std::ios::binary);
        const auto size = std::filesystem::file_size(options.path);
        file.seekp(4096);
        file << std::string(size - 4096, '\x5a');
    }
    start();
    record(7);
    EXPECT_TRUE(flush());
    EXPECT_EQ(total(), 7);
}

TEST_F(ServiceTest, a_directory_that_cannot_be_written_disables_activity_not_the_daemon) {
    options.path = "/proc/self/activity.db";  // nobody, not even root, creates a file there
    options.queue = 100;
    start();
    record(150);
    EXPECT_FALSE(flush(Duration(200)));
    const auto refused = page();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::database_error);
    EXPECT_NE(refused.error().message.find("/proc/self/activity.db"), std::string::npos);
    const auto counters = service->counters();
    EXPECT_EQ(counters.recorded, 150);
    EXPECT_EQ(counters.dropped, 50);
    EXPECT_EQ(counters.committed, 0);
    EXPECT_NE(counters.last_error, "");
}

TEST_F(ServiceTest, a_directory_that_appears_later_gets_the_rows) {
    options.path = dir.path() / "later" / "activity.db";
    start();
    record(10);
    EXPECT_FALSE(page().has_value());
    std::filesystem::create_directory(dir.path() / "later");
    EXPECT_TRUE(flush());
    EXPECT_EQ(total(), 10);
}

TEST_F(ServiceTest, a_full_disk_loses_nothing_when_there_is_space_again) {
    start();
    record(10);
    ASSERT_TRUE(flush());
    // No file of this process may grow: the nearest thing to a full disk that needs no privileges.
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    rlimit full = before;
    full.rlim_cur = 4096;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
    record(1000);
    EXPECT_FALSE(flush(Duration(100)));
    EXPECT_NE(service->counters().last_error, "");
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_TRUE(flush());
    EXPECT_EQ(total(), 1010);
    EXPECT_EQ(service->counters().last_error, "");
}

// Writes until it is killed; tells the pipe after each committed batch.
[[noreturn]] void write_for_ever(const ActivityOptions& options, int pipe) {
    asio::io_context loop;
    ActivityService service(loop.get_executor(), options);
    for (;;) {
        for (int i = 0; i < 997; ++i)
            service.log().record(simple_record());
        if (!wait_for(loop, service.flush(Deadline::after(seconds(30)))) || ::write(pipe, "x", 1) != 1)
            ::_exit(1);
    }
}

TEST(ServiceKill, a_killed_daemon_leaves_a_whole_database_with_all_it_committed) {
    const test::TempDir dir;
    const auto options = test::options_in(dir.path());
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0)
        write_for_ever(options, pipe[1]);
    ::close(pipe[1]);
    std::int64_t batches = 0;
    char byte = 0;
    while (batches < 30 && ::read(pipe[0], &byte, 1) == 1)
        ++batches;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(pipe[0]);
    ASSERT_EQ(batches, 30);

    SQLite::Database db(options.path, SQLite::OPEN_READWRITE);
    EXPECT_EQ(db.execAndGet("PRAGMA integrity_check").getString(), "ok");
    const auto rows = db.execAndGet("SELECT count(*) FROM activity").getInt64();
    EXPECT_GE(rows, 30 * 997);
    EXPECT_EQ(db.execAndGet("SELECT max(sequence) FROM activity").getInt64(), rows);
    const auto store = ActivityStore::open(options);
    ASSERT_TRUE(store.has_value());
    EXPECT_EQ((*store)->stats()->total_entries, rows) << "the counts beside the rows";
}

}  // namespace
}  // namespace agenthub
