#include "audit/store.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/audit/audit_support.hpp"

namespace agenthub {
namespace {

using test::audit_record;
using test::audit_records;
using test::AuditStoreTest;
using test::verified;

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST_F(AuditStoreTest, an_empty_record_is_valid) {
    open();
    const Verification found = verified(*store);
    EXPECT_TRUE(found.valid());
    EXPECT_EQ(found.rows, 0);
    EXPECT_EQ(found.checksum, chain_start());
}

TEST_F(AuditStoreTest, rows_are_chained_from_1_and_found_again_as_they_were) {
    open();
    write(3);
    open();
    write(2, 4);
    const auto page = store->page({});
    ASSERT_TRUE(page.has_value());
    ASSERT_EQ(page->rows.size(), 5U);
    std::string previous(chain_start());
    for (int i = 1; i <= 5; ++i) {
        const AuditRow& row = page->rows[static_cast<std::size_t>(5 - i)];
        EXPECT_EQ(row.seq, i);
        EXPECT_EQ(row.record, audit_record(i));
        EXPECT_EQ(row.previous, previous);
        EXPECT_EQ(row.hash, row_hash(previous, i, row.record));
        previous = row.hash;
    }
    const Verification found = verified(*store);
    EXPECT_TRUE(found.valid()) << found.finding.message;
    EXPECT_EQ(found.rows, 5);
    EXPECT_EQ(found.checksum, previous);
    EXPECT_FALSE(store->take_finding().has_value());
}

TEST_F(AuditStoreTest, files_are_for_their_owner_alone) {
    open();
    write(1);
    for (const auto& path : {AuditStore::database_of(dir.path()), AuditStore::head_of(dir.path())})
        EXPECT_EQ(std::filesystem::status(path).permissions() & std::filesystem::perms::all,
                  std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
            << path;
}

TEST_F(AuditStoreTest, a_crash_between_the_head_and_the_commit_is_no_fault) {
    open();
    write(4);
    store.reset();
    // The head announces a fifth row, which never came.
    auto head = read_head(text_of(AuditStore::head_of(dir.path())));
    ASSERT_TRUE(head.has_value());
    head->next = {5, row_hash(head->last.hash, 5, audit_record(5))};
    std::ofstream(AuditStore::head_of(dir.path()), std::ios::trunc) << to_text(*head);
    open();
    EXPECT_FALSE(store->take_finding().has_value());
    expect_fault(ChainFault::none, 0);
    write(2, 5);
    expect_fault(ChainFault::none, 0);
}

TEST_F(AuditStoreTest, a_crash_between_the_commit_and_the_head_is_no_fault) {
    open();
    write(4);
    auto head = read_head(text_of(AuditStore::head_of(dir.path())));
    write(3, 5);
    const ChainPoint last = store->last();
    store.reset();
    head->next = last;
    std::ofstream(AuditStore::head_of(dir.path()), std::ios::trunc) << to_text(*head);
    open();
    EXPECT_FALSE(store->take_finding().has_value());
    EXPECT_EQ(store->last(), last);
    expect_fault(ChainFault::none, 0);
    write(2, 8);
    expect_fault(ChainFault::none, 0);
    EXPECT_EQ(store->last().seq, 9);
}

TEST_F(AuditStoreTest, rows_that_were_announced_and_then_cut_are_found) {
    open();
    write(4);
    store.reset();
    change("DELETE FROM audit_row WHERE seq = 4");
    open();
    expect_fault(ChainFault::truncated, 4);
}

TEST_F(AuditStoreTest, the_same_records_again_are_not_written_twice) {
    open();
    write(2);
    // The head cannot be written once the rows are committed: its directory takes no file.
    const auto head = AuditStore::head_of(dir.path());
    const auto kept = text_of(head);
    auto announced = read_head(kept);
    const auto rows = audit_records(2, 3);
    ASSERT_TRUE(store->write(rows).has_value());
    store.reset();
    std::filesystem::remove(head);
    announced->next = {4, ""};
    const std::string third = row_hash(announced->last.hash, 3, audit_record(3));
    announced->next.hash = row_hash(third, 4, audit_record(4));
    std::ofstream(head, std::ios::trunc) << to_text(*announced);
    open();
    EXPECT_EQ(store->last().seq, 4);
    EXPECT_EQ(store->page({})->total, 4);
}

TEST_F(AuditStoreTest, a_head_that_cannot_be_written_refuses_the_rows_and_is_tried_again) {
    open();
    write(2);
    const auto blocked = AuditStore::head_of(dir.path()).string() + ".new";
    std::filesystem::create_directory(blocked);
    const auto refused = store->write(audit_records(2, 3));
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("audit.head"), std::string::npos) << refused.error().message;
    EXPECT_EQ(store->page({})->total, 2);
    std::filesystem::remove(blocked);
    write(3, 3);
    EXPECT_EQ(store->page({})->total, 5);
    expect_fault(ChainFault::none, 0);
}

TEST_F(AuditStoreTest, a_database_that_another_process_holds_is_busy_and_then_written) {
    open();
    write(1);
    SQLite::Database other(AuditStore::database_of(dir.path()), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    const auto refused = store->write(audit_records(1, 2));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::busy);
    other.exec("ROLLBACK");
    write(1, 2);
    expect_fault(ChainFault::none, 0);
}

TEST_F(AuditStoreTest, another_database_is_refused_and_left_alone) {
    SQLite::Database db(AuditStore::database_of(dir.path()), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db.exec("CREATE TABLE theirs (x)");
    const auto opened = AuditStore::open(dir.path());
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().message.find("not AgentHub's audit"), std::string::npos);
}

TEST_F(AuditStoreTest, reading_beside_no_daemon_changes_nothing) {
    open();
    write(5);
    store.reset();
    const auto head = text_of(AuditStore::head_of(dir.path()));
    open(AuditStore::Mode::read);
    EXPECT_TRUE(verified(*store).valid());
    EXPECT_EQ(store->checkpoints(10)->size(), 0U);
    EXPECT_EQ(text_of(AuditStore::head_of(dir.path())), head);
    store.reset();
    std::filesystem::remove(AuditStore::head_of(dir.path()));
    open(AuditStore::Mode::read);
    EXPECT_EQ(verified(*store).finding.fault, ChainFault::head);
    EXPECT_FALSE(std::filesystem::exists(AuditStore::head_of(dir.path())));
}

TEST_F(AuditStoreTest, each_verification_that_finds_all_well_is_a_checkpoint_and_the_newest_100_are_kept) {
    open();
    for (int i = 1; i <= AuditStore::kCheckpoints + 1; ++i) {
        write(1, i);
        ASSERT_TRUE(verified(*store, 1000).valid());
    }
    const auto all = store->checkpoints(1000);
    ASSERT_EQ(all->size(), static_cast<std::size_t>(AuditStore::kCheckpoints));
    EXPECT_EQ(all->front().rows, AuditStore::kCheckpoints + 1);
    EXPECT_EQ(all->back().rows, 2);
    EXPECT_EQ(verified(*store).previous, all->front().checksum);
    EXPECT_EQ(store->checkpoints(3)->size(), 3U);
}

}  // namespace
}  // namespace agenthub
