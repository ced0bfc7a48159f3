#include "audit/service.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/audit/service_support.hpp"

namespace agenthub {
namespace {

using test::action;
using test::AuditServiceTest;

TEST_F(AuditServiceTest, an_action_is_on_the_disk_before_it_is_done_and_its_end_before_it_is_told) {
    start();
    auto ticket = begun(action());
    EXPECT_EQ(page().total, 1);
    run(service->end(std::move(ticket), {AuditStatus::failed, "after", "why"}));
    const AuditPage both = page();
    ASSERT_EQ(both.rows.size(), 2U);
    EXPECT_EQ(both.rows[1].record.status, AuditStatus::initiated);
    EXPECT_EQ(both.rows[0].record.status, AuditStatus::failed);
    EXPECT_EQ(both.rows[0].record.error, "why");
    EXPECT_EQ(both.rows[0].record.subject, "echo");
    EXPECT_GT(both.rows[0].record.unix_ms, 0);
    EXPECT_EQ(service->counters().written, 2);
}

TEST_F(AuditServiceTest, a_ticket_that_is_forgotten_is_a_failed_action) {
    start();
    {
        const auto ticket = begun(action());
    }
    until_written(2);
    const AuditPage both = page();
    EXPECT_EQ(both.rows[0].record.status, AuditStatus::failed);
    EXPECT_NE(both.rows[0].record.error.find("its end is not known"), std::string::npos);
}

TEST_F(AuditServiceTest, actions_at_the_limit_of_the_queue_are_taken_and_one_more_is_refused) {
    options.queue = 4;
    start();
    std::vector<AuditTicket> open;
    open.push_back(begun(action()));
    open.push_back(begun(action()));
    // Both are written; the places for their ends are taken: 2 of 4.
    open.push_back(begun(action()));
    const auto refused = get(service->begin(action()));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::unrecorded);
    EXPECT_NE(refused.error().message.find("audit.queue"), std::string::npos);
    EXPECT_EQ(service->counters().refused, 1);
    run(service->end(std::move(open.back()), {}));
    open.pop_back();
    EXPECT_TRUE(get(service->begin(action())).has_value());
    open.clear();
}

TEST_F(AuditServiceTest, notes_beyond_the_queue_are_dropped_and_counted) {
    options.queue = 3;
    start();
    for (int i = 0; i < 4; ++i)
        service->note(action());
    EXPECT_EQ(service->counters().queued, 3);
    EXPECT_EQ(service->counters().dropped, 1);
    until_written(3);
}

TEST_F(AuditServiceTest, what_waits_is_written_at_the_end) {
    start();
    for (int i = 0; i < 600; ++i)
        service->note(action());
    stop();
    start();
    until_written(600);
    EXPECT_EQ(page().total, 600);
    EXPECT_TRUE(get(service->verify(std::nullopt))->valid());
}

TEST_F(AuditServiceTest, actions_are_refused_while_nothing_can_be_written_and_done_again_afterwards) {
    start();
    run(service->end(begun(action()), {}));
    const auto blocked = AuditStore::head_of(dir.path()).string() + ".new";
    std::filesystem::create_directory(blocked);
    const auto refused = get(service->begin(action()));
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("nothing was done"), std::string::npos);
    EXPECT_NE(refused.error().message.find("audit.head"), std::string::npos) << refused.error().message;
    EXPECT_FALSE(service->counters().last_error.empty());
    EXPECT_FALSE(get(service->begin(action())).has_value());
    EXPECT_EQ(page().total, 2);
    std::filesystem::remove(blocked);
    until_written(4);
    EXPECT_TRUE(service->counters().last_error.empty());
    run(service->end(begun(action()), {}));
    const AuditPage all = page();
    EXPECT_EQ(all.total, 6);
    EXPECT_EQ(all.rows[2].record.status, AuditStatus::failed);
    EXPECT_NE(all.rows[2].record.error.find("not done"), std::string::npos);
    EXPECT_TRUE(get(service->verify(std::nullopt))->valid());
}

TEST_F(AuditServiceTest, a_lock_of_another_process_is_waited_for) {
    start();
    run(service->end(begun(action()), {}));
    SQLite::Database other(AuditStore::database_of(dir.path()), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    bool over = false;
    auto unlock = [&]() -> awaitable<void> {
        SteadyTimer timer(loop.get_executor(), std::chrono::milliseconds(600));
        co_await timer.async_wait(use_awaitable);
        other.exec("ROLLBACK");
        over = true;
    };
    TaskGroup tasks(loop.get_executor());
    tasks.spawn(unlock(), "unlock");
    const auto ticket = begun(action());
    EXPECT_TRUE(over);
}

}  // namespace
}  // namespace agenthub
