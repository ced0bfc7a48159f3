// What somebody with a shell can do to the files, and that each of it is found and named.

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/audit/audit_support.hpp"

namespace agenthub {
namespace {

using test::AuditStoreTest;
using test::verified;

struct AuditTamper : AuditStoreTest {
    void SetUp() override {
        open();
        write(10);
        write(10, 11);
    }
};

TEST_F(AuditTamper, an_edit_of_any_column_of_any_row_is_found_while_running_and_named) {
    const char* const edits[] = {"unix_ms = unix_ms + 1", "actor = 'mallory'", "client_ip = '10.0.0.1'",
                                 "session = ''",          "request_id = 'x'",  "action = 'server.stop '",
                                 "subject = 'ech0'",      "status = 'failed'", "status = 'other'",
                                 "before = ''",           "after = 'bef0re'",  "error = error || 'x'",
                                 "previous = hash",       "hash = previous",   "actor = CAST(actor AS BLOB)"};
    for (const char* edit : edits) {
        change("CREATE TABLE kept AS SELECT * FROM audit_row WHERE seq = 7");
        change(std::string("UPDATE audit_row SET ") + edit + " WHERE seq = 7");
        SCOPED_TRACE(edit);
        expect_fault(ChainFault::edited, 7);
        change("REPLACE INTO audit_row SELECT * FROM kept; DROP TABLE kept");
        expect_fault(ChainFault::none, 0);
    }
}

TEST_F(AuditTamper, an_edit_of_the_first_and_of_the_last_row_is_found) {
    change("UPDATE audit_row SET actor = 'mallory' WHERE seq IN (1, 20)");
    expect_fault(ChainFault::edited, 1);
    change("UPDATE audit_row SET actor = 'client-1' WHERE seq = 1");
    expect_fault(ChainFault::edited, 20);
}

TEST_F(AuditTamper, deleted_rows_are_named_by_the_first) {
    change("DELETE FROM audit_row WHERE seq = 5");
    expect_fault(ChainFault::deleted, 5);
    change("DELETE FROM audit_row WHERE seq IN (3, 4)");
    expect_fault(ChainFault::deleted, 3);
    change("DELETE FROM audit_row WHERE seq = 1");
    expect_fault(ChainFault::deleted, 1);
}

TEST_F(AuditTamper, a_cut_end_is_found_while_running_and_after_a_start) {
    change("DELETE FROM audit_row WHERE seq >= 18");
    expect_fault(ChainFault::truncated, 18);
    open();
    const auto finding = store->take_finding();
    ASSERT_TRUE(finding.has_value());
    EXPECT_EQ(finding->fault, ChainFault::truncated);
    EXPECT_EQ(finding->row, 18);
    EXPECT_FALSE(store->take_finding().has_value());
    expect_fault(ChainFault::truncated, 18);
}

TEST_F(AuditTamper, what_is_written_after_a_cut_end_does_not_hide_it) {
    store.reset();
    change("DELETE FROM audit_row WHERE seq >= 18");
    open();
    write(3, 21);
    expect_fault(ChainFault::deleted, 18);
    open();
    EXPECT_FALSE(store->take_finding().has_value());
    expect_fault(ChainFault::deleted, 18);
}

TEST_F(AuditTamper, an_empty_table_is_a_cut_end) {
    store.reset();
    change("DELETE FROM audit_row");
    open();
    expect_fault(ChainFault::truncated, 1);
}

TEST_F(AuditTamper, a_removed_database_is_a_cut_end) {
    store.reset();
    for (const char* suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(AuditStore::database_of(dir.path()).string() + suffix);
    open();
    expect_fault(ChainFault::truncated, 1);
    write(1, 21);
    expect_fault(ChainFault::deleted, 1);
}

TEST_F(AuditTamper, two_rows_with_each_others_content_are_found) {
    change(
        "CREATE TABLE kept AS SELECT * FROM audit_row WHERE seq IN (4, 9);"
        "DELETE FROM audit_row WHERE seq IN (4, 9);"
        "UPDATE kept SET seq = 13 - seq; INSERT INTO audit_row SELECT * FROM kept");
    expect_fault(ChainFault::edited, 4);
}

TEST_F(AuditTamper, rows_behind_the_end_are_found_though_they_fit) {
    change(
        "INSERT INTO audit_row SELECT 21, unix_ms, actor, client_ip, session, request_id, action, subject, status, "
        "before,"
        " after, error, '', '' FROM audit_row WHERE seq = 20");
    rehash(21, 21);
    expect_fault(ChainFault::inserted, 21);
    open();
    EXPECT_TRUE(store->take_finding().has_value());
    expect_fault(ChainFault::inserted, 21);
    // What AgentHub writes next stands behind it, and tells that it is not part of the chain.
    write(2, 21);
    expect_fault(ChainFault::inserted, 21);
    write(1, 23);
    open();
    expect_fault(ChainFault::inserted, 21);
}

TEST_F(AuditTamper, a_row_that_is_put_in_while_running_is_found_and_keeps_nothing_from_being_written) {
    change(
        "INSERT INTO audit_row SELECT 21, unix_ms, actor, client_ip, session, request_id, action, subject, status, "
        "before,"
        " after, error, '', '' FROM audit_row WHERE seq = 20");
    rehash(21, 21);
    write(2, 21);
    const auto finding = store->take_finding();
    ASSERT_TRUE(finding.has_value());
    EXPECT_EQ(finding->fault, ChainFault::inserted);
    expect_fault(ChainFault::inserted, 21);
    EXPECT_EQ(store->page({})->total, 23);
}

TEST_F(AuditTamper, rows_with_numbers_that_nobody_counts_to_keep_nothing_from_being_written) {
    for (const char* seq : {"-9223372036854775808", "0", "9223372036854775807"})
        change(
            std::string("INSERT INTO audit_row SELECT ") + seq +
            ", unix_ms, actor, client_ip, session, request_id, action, subject, status, before, after, error, previous,"
            " hash FROM audit_row WHERE seq = 20");
    write(2, 21);
    write(2, 23);
    EXPECT_EQ(store->page({})->total, 27);
    EXPECT_EQ(verified(*store).finding.fault, ChainFault::inserted);
    change("DELETE FROM audit_row WHERE seq < 1");
    EXPECT_FALSE(verified(*store).valid());
}

TEST_F(AuditTamper, an_edited_row_with_a_new_hash_is_named) {
    change("UPDATE audit_row SET subject = 'other' WHERE seq = 6");
    rehash(6, 6);
    expect_fault(ChainFault::rewritten, 6);
}

TEST_F(AuditTamper, a_row_in_the_place_of_another_that_fits_neither_neighbour_is_named) {
    change("UPDATE audit_row SET subject = 'other' WHERE seq = 6");
    rehash(6, 6);
    change("UPDATE audit_row SET previous = (SELECT hash FROM audit_row WHERE seq = 2) WHERE seq = 7");
    EXPECT_EQ(verified(*store).finding.row, 7);
}

TEST_F(AuditTamper, an_edit_with_new_hashes_up_to_the_end_is_named_by_the_marks_of_the_head) {
    change("UPDATE audit_row SET subject = 'other' WHERE seq = 6");
    rehash(6, 20);
    expect_fault(ChainFault::rewritten, 6);
    open();
    expect_fault(ChainFault::rewritten, 6);
    write(1, 21);
    expect_fault(ChainFault::rewritten, 6);
}

TEST_F(AuditTamper, an_edit_of_the_last_row_with_a_new_hash_is_named) {
    change("UPDATE audit_row SET subject = 'other' WHERE seq = 20");
    rehash(20, 20);
    expect_fault(ChainFault::rewritten, 20);
}

}  // namespace
}  // namespace agenthub
