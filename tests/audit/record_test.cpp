#include "audit/record.hpp"

#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/redactor.hpp"
#include "base/text.hpp"
#include "tests/audit/audit_support.hpp"

namespace agenthub {
namespace {

using test::audit_record;

TEST(AuditRecord, hash_is_that_of_the_netstrings_that_the_guide_describes) {
    AuditRecord record;
    record.unix_ms = 1785000000123;
    record.actor = "anna";
    record.client_ip = "127.0.0.1";
    record.request_id = "r";
    record.action = "server.start";
    record.subject = "echo";
    record.status = AuditStatus::success;
    record.after = "{}";
    const std::string bytes =
        "16:agenthub.audit.1,64:" + std::string(64, '0') +
        ",1:1,13:1785000000123,4:anna,9:127.0.0.1,0:,1:r,12:server.start,4:echo,7:success,0:,2:{},0:,";
    EXPECT_EQ(row_hash(chain_start(), 1, record), sha256_hex(bytes));
}

TEST(AuditRecord, hash_changes_with_every_field_and_with_where_one_ends) {
    const AuditRecord record = audit_record(1);
    const std::string hash = row_hash(chain_start(), 1, record);
    EXPECT_NE(row_hash(chain_start(), 2, record), hash);
    EXPECT_NE(row_hash(hash, 1, record), hash);
    AuditRecord other = record;
    ++other.unix_ms;
    EXPECT_NE(row_hash(chain_start(), 1, other), hash);
    other = record;
    other.status = AuditStatus::failed;
    EXPECT_NE(row_hash(chain_start(), 1, other), hash);
    for (std::string AuditRecord::* field : {&AuditRecord::actor, &AuditRecord::client_ip, &AuditRecord::session,
                                             &AuditRecord::request_id, &AuditRecord::action, &AuditRecord::subject,
                                             &AuditRecord::before, &AuditRecord::after, &AuditRecord::error}) {
        other = record;
        other.*field += "x";
        EXPECT_NE(row_hash(chain_start(), 1, other), hash);
    }
    AuditRecord moved = record;
    moved.before = "bef";
    moved.after = "oreafter";
    EXPECT_NE(row_hash(chain_start(), 1, moved), hash);
}

TEST(AuditRecord, secrets_are_taken_out_and_texts_are_cut_and_made_sound) {
    hide_secrets({"a-very-secret-word"});
    AuditRecord record = audit_record(1);
    record.error = "failed with a-very-secret-word";
    record.before = std::string(kAuditTextLimit + 1, 'b');
    record.after = std::string(kAuditTextLimit, 'a');
    record.actor = std::string(kAuditNameLimit + 1, 'n');
    record.subject = std::string("nul\0byte", 8) + "\xff";
    make_storable(record);
    hide_secrets({});
    EXPECT_EQ(record.error.find("a-very-secret-word"), std::string::npos);
    EXPECT_LE(record.before.size(), kAuditTextLimit + 3);
    EXPECT_LT(record.before.size(), kAuditTextLimit + 4);
    EXPECT_EQ(record.after, std::string(kAuditTextLimit, 'a'));
    EXPECT_LE(record.actor.size(), kAuditNameLimit + 3);
    EXPECT_TRUE(is_utf8(record.subject));
    EXPECT_EQ(record.subject.find('\0'), std::string::npos);
}

}  // namespace
}  // namespace agenthub
