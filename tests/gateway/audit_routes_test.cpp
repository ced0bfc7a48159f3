#include "gateway/audit_routes.hpp"

#include <gtest/gtest.h>

#include "gateway/admin_audit.hpp"
#include "tests/gateway/test_request.hpp"

namespace agenthub {
namespace {

constexpr std::int64_t kNow = 1'785'000'000'000;

result<AuditQuery> query_of(std::string_view query) {
    const TestRequest test(http::verb::get, "/audit/log?" + std::string(query));
    return read_audit_query(test.request, kNow);
}

TEST(AuditParams, are_all_optional) {
    const auto query = query_of("").value();
    EXPECT_EQ(query.limit, 50);
    EXPECT_EQ(query.offset, 0);
    EXPECT_EQ(query.since_ms, INT64_MIN);
    EXPECT_EQ(query.until_ms, INT64_MAX);
    EXPECT_TRUE(query.actor.empty() && query.action.empty() && query.subject.empty() && query.status.empty());
}

TEST(AuditParams, are_read) {
    const auto query =
        query_of(
            "actor=a%20b&action=server.*&subject=s&status=failed&request_id=r&since=15m&until=2030-01-01&limit=7"
            "&offset=9")
            .value();
    EXPECT_EQ(query.actor, "a b");
    EXPECT_EQ(query.action, "server.*");
    EXPECT_EQ(query.subject, "s");
    EXPECT_EQ(query.status, "failed");
    EXPECT_EQ(query.request_id, "r");
    EXPECT_EQ(query.since_ms, kNow - 15 * 60'000);
    EXPECT_EQ(query.until_ms, 1'893'456'000'000);
    EXPECT_EQ(query.limit, 7);
    EXPECT_EQ(query.offset, 9);
}

TEST(AuditParams, a_limit_is_kept_within_1_and_1000) {
    EXPECT_EQ(query_of("limit=1000")->limit, 1000);
    EXPECT_EQ(query_of("limit=1001")->limit, 1000);
    EXPECT_EQ(query_of("limit=0")->limit, 1);
    EXPECT_EQ(query_of("offset=-1")->offset, 0);
}

TEST(AuditParams, what_means_nothing_is_refused_by_name) {
    for (const char* name : {"status", "since", "until"}) {
        const auto query = query_of(std::string(name) + "=nonsense");
        ASSERT_FALSE(query.has_value()) << name;
        EXPECT_TRUE(query.error().message.starts_with(name)) << query.error().message;
    }
}

TEST(AuditedAction, every_administrative_route_that_changes_something_has_a_word) {
    for (const RouteRow& row : all_routes()) {
        const bool is_admin = row.route_class == RouteClass::admin || row.route_class == RouteClass::page;
        const bool changes = row.verb == http::verb::post || row.verb == http::verb::delete_;
        // A better prompt, and what hooks would do, change nothing.
        const bool only_answers = row.id == RouteId::enhance || row.id == RouteId::hooks_test;
        EXPECT_EQ(!audited_action(row.id, row.verb).empty(), is_admin && changes && !only_answers) << row.pattern;
    }
}

TEST(AuditRecordOf, knows_who_asked) {
    const TestRequest test(http::verb::post, "/admin/reload");
    const AuditRecord record = audit_record_of(test.request);
    EXPECT_EQ(record.actor, "anonymous");
    EXPECT_EQ(record.request_id, test.request.id.view());
}

TEST(ChangesText, has_names_and_is_empty_when_nothing_has_changed) {
    EXPECT_EQ(changes_text({}), "");
    ConfigDifference difference;
    difference.added = {"a"};
    difference.applied = {"log.level"};
    EXPECT_EQ(changes_text(difference), R"({"added":["a"],"applied":["log.level"]})");
}

}  // namespace
}  // namespace agenthub
