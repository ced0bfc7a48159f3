#include "audit/query.hpp"

#include <gtest/gtest.h>

namespace agenthub {
namespace {

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

}  // namespace
}  // namespace agenthub
