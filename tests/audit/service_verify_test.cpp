#include <gtest/gtest.h>

#include "tests/audit/service_support.hpp"

namespace agenthub {
namespace {

using test::action;
using test::AuditServiceTest;

TEST_F(AuditServiceTest, two_verifications_at_a_time_are_one) {
    start();
    for (int i = 0; i < 50; ++i)
        service->note(action());
    until_written(50);
    std::vector<Verification> found;
    TaskGroup tasks(loop.get_executor());
    auto ask = [&]() -> awaitable<void> {
        const auto verification = co_await service->verify(std::nullopt);
        found.push_back(*verification);
    };
    for (int i = 0; i < 3; ++i)
        tasks.spawn(ask(), "ask");
    run(tasks.join());
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(get(service->checkpoints(10))->size(), 1U);
    EXPECT_EQ(found[0].rows, 50);
    EXPECT_EQ(found[2].unix_ms, found[0].unix_ms);
}

TEST_F(AuditServiceTest, tampering_is_recorded_once_and_a_critical_alert) {
    start();
    for (int i = 0; i < 5; ++i)
        service->note(action());
    until_written(5);
    {
        SQLite::Database db(AuditStore::database_of(dir.path()), SQLite::OPEN_READWRITE);
        db.exec("UPDATE audit_row SET actor = 'x' WHERE seq = 3");
    }
    for (int i = 0; i < 3; ++i) {
        const auto found = get(service->verify(std::nullopt));
        EXPECT_EQ(found->finding.row, 3);
    }
    until_written(6);
    EXPECT_EQ(service->counters().rows, 6);
    AuditQuery query;
    query.action = std::string(audit_action::integrity_failure);
    EXPECT_EQ(page(query).total, 1);
    EXPECT_EQ(service->alerts().count(AlertSeverity::critical), 1U);
}

TEST_F(AuditServiceTest, a_cut_end_is_told_at_the_start) {
    start();
    for (int i = 0; i < 5; ++i)
        service->note(action());
    stop();
    {
        SQLite::Database db(AuditStore::database_of(dir.path()), SQLite::OPEN_READWRITE);
        db.exec("DELETE FROM audit_row WHERE seq > 3");
    }
    start();
    until_written(6);
    EXPECT_EQ(service->alerts().count(AlertSeverity::critical), 1U);
    EXPECT_EQ(get(service->verify(std::nullopt))->finding.row, 4);
}

TEST_F(AuditServiceTest, a_point_that_was_kept_is_compared) {
    start();
    for (int i = 0; i < 5; ++i)
        service->note(action());
    until_written(5);
    const AuditPage all = page();
    const ChainPoint kept{2, all.rows[3].hash};
    EXPECT_TRUE(get(service->verify(kept))->valid());
    EXPECT_EQ(get(service->verify(ChainPoint{3, kept.hash}))->finding.fault, ChainFault::anchor);
}

TEST_F(AuditServiceTest, a_flood_of_refused_keys_is_two_records_a_minute) {
    start();
    AuditRecord refused;
    refused.actor = "probe";
    refused.client_ip = "10.0.0.1";
    refused.subject = "/v1";
    for (int i = 0; i < 1000; ++i)
        service->refused_key(refused, true);
    until_written(1);
    EXPECT_EQ(service->counters().queued + service->counters().rows, 1);
    service->tell_repeated(Clock::now() + FailureMeter::kMinute);
    until_written(2);
    const AuditPage all = page();
    EXPECT_EQ(all.total, 2);
    EXPECT_EQ(all.rows[0].record.error, "999 more within a minute");
    EXPECT_EQ(all.rows[1].record.action, "auth.failure");
}

}  // namespace
}  // namespace agenthub
