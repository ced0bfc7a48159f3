// A store in a directory of the test's own, with rows in it, and ways to change it behind AgentHub's back.
// Header only; the fixture owns everything.

#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "audit/store.hpp"
#include "tests/support/temp_dir.hpp"

namespace agenthub::test {

inline constexpr std::int64_t kAuditTime = 1'785'000'000'000;

inline AuditRecord audit_record(int number) {
    AuditRecord record;
    record.unix_ms = kAuditTime + number;
    record.actor = "client-" + std::to_string(number % 3);
    record.client_ip = "127.0.0.1";
    record.session = "s" + std::to_string(number);
    record.request_id = "r" + std::to_string(number);
    record.action = number % 2 == 0 ? "server.start" : "server.stop";
    record.subject = "echo";
    record.status = AuditStatus::success;
    record.before = "before";
    record.after = "after";
    record.error = "error";
    return record;
}

inline std::vector<AuditRecord> audit_records(int count, int first = 1) {
    std::vector<AuditRecord> out;
    for (int i = 0; i < count; ++i)
        out.push_back(audit_record(first + i));
    return out;
}

inline Verification verified(AuditStore& store, int step = 3) {
    AuditStore::Walk walk;
    auto over = store.begin_walk(walk);
    while (over.has_value() && !*over)
        over = store.step_walk(walk, step);
    EXPECT_TRUE(over.has_value()) << over.error().message;
    auto verification = store.end_walk(walk);
    EXPECT_TRUE(verification.has_value()) << verification.error().message;
    return verification.has_value() ? *verification : Verification();
}

struct AuditStoreTest : testing::Test {
    TempDir dir;
    std::unique_ptr<AuditStore> store;

    void open(AuditStore::Mode mode = AuditStore::Mode::write) {
        store.reset();
        auto opened = AuditStore::open(dir.path(), mode);
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        store = std::move(*opened);
    }
    void write(int count, int first = 1) {
        const auto written = store->write(audit_records(count, first));
        ASSERT_TRUE(written.has_value()) << written.error().message;
    }
    // As another program would; AgentHub may be running or not.
    void change(const std::string& sql) {
        SQLite::Database db(AuditStore::database_of(dir.path()), SQLite::OPEN_READWRITE);
        db.setBusyTimeout(1000);
        db.exec(sql);
    }
    // Gives the rows from `first` on the hashes that they would have had.
    void rehash(std::int64_t first, std::int64_t last) {
        SQLite::Database db(AuditStore::database_of(dir.path()), SQLite::OPEN_READWRITE);
        std::string previous(chain_start());
        for (std::int64_t seq = 1; seq <= last; ++seq) {
            SQLite::Statement row(
                db,
                "SELECT unix_ms, actor, client_ip, session, request_id, action, subject, status, before,"
                " after, error, hash FROM audit_row WHERE seq = ?");
            row.bind(1, seq);
            ASSERT_TRUE(row.executeStep());
            AuditRecord r;
            r.unix_ms = row.getColumn(0).getInt64();
            int i = 0;
            for (std::string* text : {&r.actor, &r.client_ip, &r.session, &r.request_id, &r.action, &r.subject})
                *text = row.getColumn(++i).getString();
            r.status = row.getColumn(7).getString() == "success" ? AuditStatus::success : AuditStatus::failed;
            i = 7;
            for (std::string* text : {&r.before, &r.after, &r.error})
                *text = row.getColumn(++i).getString();
            std::string hash = row.getColumn(11).getString();
            if (seq >= first) {
                hash = row_hash(previous, seq, r);
                SQLite::Statement update(db, "UPDATE audit_row SET previous = ?, hash = ? WHERE seq = ?");
                update.bind(1, previous);
                update.bind(2, hash);
                update.bind(3, seq);
                update.exec();
            }
            previous = hash;
        }
    }
    void expect_fault(ChainFault fault, std::int64_t row) {
        const Verification found = verified(*store);
        EXPECT_EQ(to_string(found.finding.fault), to_string(fault)) << found.finding.message;
        EXPECT_EQ(found.finding.row, row) << found.finding.message;
    }
};

}  // namespace agenthub::test
