// What somebody can do to the files as a whole.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "audit/room.hpp"
#include "tests/audit/audit_support.hpp"

namespace agenthub {
namespace {

using test::AuditStoreTest;
using test::verified;

struct AuditFiles : AuditStoreTest {
    void SetUp() override {
        open();
        write(10);
        write(10, 11);
    }
    bool is_set_aside() const {
        for (const auto& entry : std::filesystem::directory_iterator(dir.path()))
            if (entry.path().filename().string().starts_with("audit.db.corrupt-"))
                return true;
        return false;
    }
};

TEST_F(AuditFiles, a_missing_or_damaged_head_is_told_once_and_made_anew) {
    for (const char* content : {"", "nonsense", "agenthub audit head 1\nlast 3:zz\nend\n"}) {
        SCOPED_TRACE(content);
        store.reset();
        if (*content == '\0')
            std::filesystem::remove(AuditStore::head_of(dir.path()));
        else
            std::ofstream(AuditStore::head_of(dir.path()), std::ios::trunc) << content;
        open();
        const auto finding = store->take_finding();
        ASSERT_TRUE(finding.has_value());
        EXPECT_EQ(finding->fault, ChainFault::head);
        expect_fault(ChainFault::none, 0);
    }
}

TEST_F(AuditFiles, a_head_that_is_changed_or_removed_while_running_is_found) {
    const auto head = AuditStore::head_of(dir.path());
    std::filesystem::copy_file(head, dir.path() / "kept");
    std::filesystem::remove(head);
    expect_fault(ChainFault::head, 0);
    std::filesystem::copy_file(dir.path() / "kept", head);
    expect_fault(ChainFault::none, 0);
    write(1, 21);
    std::filesystem::copy_file(dir.path() / "kept", head, std::filesystem::copy_options::overwrite_existing);
    expect_fault(ChainFault::head, 0);
}

TEST_F(AuditFiles, an_older_head_in_the_place_of_the_real_one_is_found) {
    const auto head = AuditStore::head_of(dir.path());
    std::filesystem::copy_file(head, dir.path() / "kept");
    write(2, 21);
    store.reset();
    std::filesystem::copy_file(dir.path() / "kept", head, std::filesystem::copy_options::overwrite_existing);
    open();
    expect_fault(ChainFault::inserted, 21);
}

TEST_F(AuditFiles, a_database_and_a_head_that_were_made_anew_together_are_found_by_a_kept_point) {
    const auto kept = ChainPoint{15, store->page({})->rows[5].hash};
    ASSERT_EQ(store->page({})->rows[5].seq, 15);
    EXPECT_EQ(store->compare(kept)->fault, ChainFault::none);
    store.reset();
    change("UPDATE audit_row SET subject = 'other' WHERE seq = 12");
    rehash(12, 20);
    std::filesystem::remove(AuditStore::head_of(dir.path()));
    open();
    EXPECT_TRUE(verified(*store).valid());
    const auto compared = store->compare(kept);
    EXPECT_EQ(compared->fault, ChainFault::anchor);
    EXPECT_EQ(compared->row, 15);
    EXPECT_EQ(store->compare(ChainPoint{99, kept.hash})->row, 21);
    EXPECT_EQ(store->compare(ChainPoint{})->fault, ChainFault::none);
}

TEST_F(AuditFiles, a_damaged_database_is_set_aside_and_the_chain_goes_on) {
    store.reset();
    const auto path = AuditStore::database_of(dir.path());
    std::filesystem::remove(path.string() + "-wal");
    std::ofstream(path, std::ios::trunc) << std::string(4096, 'x');
    open();
    write(1, 21);
    expect_fault(ChainFault::deleted, 1);
    EXPECT_TRUE(is_set_aside());
}

// Only an index is: what opening reads is as it should be.
TEST_F(AuditFiles, damage_that_is_found_while_writing_is_set_aside_as_well) {
    store.reset();
    const auto path = AuditStore::database_of(dir.path());
    long page = 0;
    {
        SQLite::Database db(path, SQLite::OPEN_READWRITE);
        db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
        page = db.execAndGet("SELECT rootpage FROM sqlite_schema WHERE name = 'audit_by_time'").getInt();
    }
    ASSERT_GT(page, 1);
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp((page - 1) * 4096);
        file << std::string(4096, 'x');
    }
    AuditRoom room(dir.path());
    const auto written = room.write(test::audit_records(2, 21));
    ASSERT_TRUE(written.done.has_value()) << written.done.error().message;
    EXPECT_EQ(written.last_row, 22);
    ASSERT_TRUE(written.finding.has_value()) << "nobody is told";
    EXPECT_EQ(written.finding->fault, ChainFault::truncated);
    EXPECT_EQ(written.finding->row, 1);
    EXPECT_TRUE(is_set_aside());
    ASSERT_TRUE(room.write(test::audit_records(1, 23)).done.has_value());
    open();
    expect_fault(ChainFault::deleted, 1);
}

TEST_F(AuditFiles, a_database_that_is_replaced_while_running_is_not_written_to) {
    const auto path = AuditStore::database_of(dir.path());
    std::filesystem::rename(path, dir.path() / "moved");
    const auto written = store->write(test::audit_records(1, 21));
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code, errc::io_error);
    open();
    expect_fault(ChainFault::truncated, 1);
}

}  // namespace
}  // namespace agenthub
