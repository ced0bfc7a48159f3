#include "audit/query.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/audit/audit_support.hpp"

namespace agenthub {
namespace {

using test::AuditStoreTest;

TEST(AuditDocuments, a_row_has_null_for_what_is_not_there) {
    AuditPage page;
    page.total = 7;
    page.limit = 1;
    page.offset = 2;
    AuditRow row;
    row.seq = 3;
    row.record.unix_ms = 1785000000123;
    row.record.actor = "anna";
    row.record.action = "server.start";
    row.record.subject = "e\"cho";
    row.hash = "h";
    page.rows.push_back(row);
    std::string out;
    append_json(out, page);
    EXPECT_EQ(out, R"({"total":7,"limit":1,"offset":2,"entries":[{"seq":3,"timestamp":"2026-07-25T17:20:00.123Z",)"
                   R"("actor":"anna","client_ip":null,"session":null,"request_id":null,"action":"server.start",)"
                   R"("subject":"e\"cho","status":"initiated","before":null,"after":null,"error":null,"hash":"h"}]})");
}

TEST(AuditDocuments, a_verification_has_the_keys_of_the_prototype_and_says_which_row) {
    Verification found;
    found.finding = {ChainFault::deleted, 5, "row 5 is missing"};
    found.rows = 9;
    found.unix_ms = 1785000000123;
    found.checksum = "c";
    std::string out;
    append_json(out, found);
    EXPECT_EQ(out,
              R"({"valid":false,"message":"row 5 is missing","current_checksum":"c","previous_checksum":null,"rows":9,)"
              R"("first_bad_row":5,"kind":"deleted","incidents":0,"verified_at":"2026-07-25T17:20:00.123Z",)"
              R"("duration_ms":0})");
}

TEST(AuditDocuments, checkpoints) {
    std::string out;
    append_json(out, std::vector<Checkpoint>{{1785000000123, 4, "c"}});
    EXPECT_EQ(out, R"({"total":1,"checksums":[{"timestamp":"2026-07-25T17:20:00.123Z","rows":4,"checksum":"c"}]})");
}

TEST_F(AuditStoreTest, pages_filter_count_and_do_not_overlap) {
    open();
    write(9);
    AuditQuery query;
    query.limit = 4;
    EXPECT_EQ(store->page(query)->total, 9);
    EXPECT_EQ(store->page(query)->rows.front().seq, 9);
    query.offset = 8;
    ASSERT_EQ(store->page(query)->rows.size(), 1U);
    EXPECT_EQ(store->page(query)->rows.front().seq, 1);
    query = {};
    query.actor = "client-1";
    EXPECT_EQ(store->page(query)->total, 3);
    query = {};
    query.action = "server.start";
    EXPECT_EQ(store->page(query)->total, 4);
    query.action = "server.*";
    EXPECT_EQ(store->page(query)->total, 9);
    query.action = "config.*";
    EXPECT_EQ(store->page(query)->total, 0);
    query = {};
    query.request_id = "r7";
    EXPECT_EQ(store->page(query)->total, 1);
    query = {};
    query.since_ms = test::kAuditTime + 3;
    query.until_ms = test::kAuditTime + 5;
    EXPECT_EQ(store->page(query)->total, 3);
    query.subject = "other";
    EXPECT_EQ(store->page(query)->total, 0);
    query = {};
    query.status = "failed";
    EXPECT_EQ(store->page(query)->total, 0);
    query.status = "success";
    EXPECT_EQ(store->page(query)->total, 9);
}

bool fits(const AuditRow& row, const AuditQuery& query) {
    const AuditRecord& r = row.record;
    const auto is = [](const std::string& wanted, const std::string& found) {
        return wanted.empty() || wanted == found;
    };
    const bool is_action = query.action.ends_with('*')
                               ? r.action.starts_with(query.action.substr(0, query.action.size() - 1))
                               : is(query.action, r.action);
    return is(query.actor, r.actor) && is(query.subject, r.subject) && is(query.request_id, r.request_id) &&
           is(query.status, std::string(to_string(r.status))) && is_action && r.unix_ms >= query.since_ms &&
           r.unix_ms <= query.until_ms;
}

// Each combination is looked up in another way; the clock has been set back on the way.
TEST_F(AuditStoreTest, every_combination_of_filters_finds_what_looking_at_each_row_finds) {
    open();
    auto records = test::audit_records(40);
    for (int i = 0; i < 40; ++i) {
        auto& record = records[static_cast<std::size_t>(i)];
        record.unix_ms += i >= 20 ? -15 : 0;
        record.subject = i % 4 == 0 ? "other" : "echo";
        record.status = i % 5 == 0 ? AuditStatus::failed : AuditStatus::success;
    }
    ASSERT_TRUE(store->write(records).has_value());
    AuditQuery all;
    all.limit = AuditQuery::kMaxLimit;
    const auto rows = store->page(all)->rows;
    ASSERT_EQ(rows.size(), 40U);
    for (int mask = 0; mask < 128; ++mask) {
        AuditQuery query;
        query.actor = (mask & 1) != 0 ? "client-1" : "";
        query.action = (mask & 2) != 0 ? "server.start" : (mask & 4) != 0 ? "server.st*" : "";
        query.subject = (mask & 8) != 0 ? "other" : "";
        query.status = (mask & 16) != 0 ? "failed" : "";
        query.since_ms = (mask & 32) != 0 ? test::kAuditTime + 12 : INT64_MIN;
        query.until_ms = (mask & 64) != 0 ? test::kAuditTime + 22 : INT64_MAX;
        query.request_id = mask == 127 ? "r21" : "";
        query.limit = 3;
        query.offset = 1;
        std::vector<std::int64_t> wanted, found;
        for (const AuditRow& row : rows)
            if (fits(row, query))
                wanted.push_back(row.seq);
        const auto page = store->page(query);
        ASSERT_TRUE(page.has_value()) << page.error().message;
        EXPECT_EQ(page->total, static_cast<std::int64_t>(wanted.size())) << mask;
        for (const AuditRow& row : page->rows)
            found.push_back(row.seq);
        wanted.erase(wanted.begin(), wanted.begin() + (wanted.empty() ? 0 : 1));
        wanted.resize(std::min<std::size_t>(wanted.size(), 3));
        EXPECT_EQ(found, wanted) << mask;
    }
}

TEST_F(AuditStoreTest, a_database_of_before_gets_the_index_that_queries_read) {
    open();
    write(3);
    store.reset();
    change("DROP INDEX audit_by_filters");
    open();
    AuditQuery query;
    query.status = "success";
    const auto page = store->page(query);
    ASSERT_TRUE(page.has_value()) << page.error().message;
    EXPECT_EQ(page->total, 3);
}

}  // namespace
}  // namespace agenthub
