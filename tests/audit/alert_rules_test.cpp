#include "audit/alert_rules.hpp"

#include <gtest/gtest.h>

#include "audit/actions.hpp"

namespace agenthub {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

const TimePoint kStart{hours(1000)};

AuditRecord record(std::string_view action, AuditStatus status, std::string actor = "anna") {
    AuditRecord out;
    out.actor = std::move(actor);
    out.client_ip = "127.0.0.1";
    out.action = action;
    out.subject = "echo";
    out.status = status;
    out.after = "{}";
    return out;
}

struct AlertRulesTest : testing::Test {
    AlertBook book{1000};
    AlertRules rules{book};

    std::vector<std::string> types() const {
        std::vector<std::string> out;
        for (const Alert* alert : book.newest(1000, std::nullopt))
            out.insert(out.begin(), alert->type + " " + std::string(to_string(alert->severity)));
        return out;
    }
    void expect(std::initializer_list<std::string> wanted) const {
        EXPECT_EQ(types(), std::vector<std::string>(wanted));
    }
};

TEST_F(AlertRulesTest, three_failures_within_five_minutes_of_one_client_with_one_action) {
    const auto failed = record(audit_action::server_start, AuditStatus::failed);
    rules.recorded(failed, kStart);
    rules.recorded(failed, kStart + minutes(1));
    rules.recorded(record(audit_action::server_start, AuditStatus::failed, "bert"), kStart + minutes(1));
    rules.recorded(record(audit_action::server_stop, AuditStatus::failed), kStart + minutes(1));
    rules.recorded(record(audit_action::server_start, AuditStatus::success), kStart + minutes(1));
    expect({});
    rules.recorded(failed, kStart + minutes(5));
    expect({"repeated_failures warning"});
    // The next takes three more.
    rules.recorded(failed, kStart + minutes(5));
    rules.recorded(failed, kStart + minutes(5));
    expect({"repeated_failures warning"});
    rules.recorded(failed, kStart + minutes(5));
    expect({"repeated_failures warning", "repeated_failures warning"});
}

TEST_F(AlertRulesTest, three_failures_in_more_than_five_minutes_are_none) {
    const auto failed = record(audit_action::server_start, AuditStatus::failed);
    rules.recorded(failed, kStart);
    rules.recorded(failed, kStart + minutes(1));
    rules.recorded(failed, kStart + minutes(5) + milliseconds(1));
    expect({});
}

TEST_F(AlertRulesTest, five_reads_of_one_credential_within_a_minute) {
    const auto read = record(audit_action::credential_access, AuditStatus::success, "system");
    for (int i = 0; i < 4; ++i)
        rules.recorded(read, kStart);
    auto other = read;
    other.subject = "other";
    rules.recorded(other, kStart);
    expect({});
    rules.recorded(read, kStart + minutes(1));
    expect({"credential_access warning"});
}

TEST_F(AlertRulesTest, five_reads_in_more_than_a_minute_are_none) {
    const auto read = record(audit_action::credential_access, AuditStatus::success, "system");
    for (int i = 0; i < 4; ++i)
        rules.recorded(read, kStart);
    rules.recorded(read, kStart + minutes(1) + milliseconds(1));
    expect({});
}

TEST_F(AlertRulesTest, every_change_of_the_configuration_and_the_third_within_an_hour_is_a_warning) {
    rules.recorded(record(audit_action::config_reload, AuditStatus::success), kStart);
    rules.recorded(record(audit_action::server_install, AuditStatus::success), kStart);
    expect({"config_change info", "config_change info"});
    rules.recorded(record(audit_action::server_remove, AuditStatus::success), kStart + hours(1));
    expect({"config_change info", "config_change info", "config_change warning"});
    rules.recorded(record(audit_action::config_reload, AuditStatus::success), kStart + hours(1) + milliseconds(1));
    EXPECT_EQ(types().back(), "config_change info");
    rules.recorded(record(audit_action::config_reload, AuditStatus::success), kStart + hours(1) + milliseconds(2));
    EXPECT_EQ(types().back(), "config_change warning");
}

TEST_F(AlertRulesTest, what_was_refused_or_announced_or_changed_nothing_is_no_change) {
    rules.recorded(record(audit_action::config_reload, AuditStatus::initiated), kStart);
    rules.recorded(record(audit_action::config_reload, AuditStatus::failed), kStart);
    auto nothing = record(audit_action::config_reload, AuditStatus::success);
    nothing.after.clear();
    rules.recorded(nothing, kStart);
    rules.recorded(record(audit_action::server_start, AuditStatus::success), kStart);
    expect({});
}

TEST_F(AlertRulesTest, an_unknown_key_is_told_once_a_minute_and_a_missing_one_only_when_it_is_missing_again_and_again) {
    const auto refused = record(audit_action::auth_failure, AuditStatus::failed);
    rules.refused_key(refused, true, true, kStart);
    expect({"unknown_credential warning"});
    rules.recorded(refused, kStart);
    rules.refused_key(refused, true, false, kStart);
    expect({"unknown_credential warning"});
    rules.refused_key(record(audit_action::auth_failure, AuditStatus::failed, "another name"), false, false, kStart);
    expect({"unknown_credential warning", "repeated_failures warning"});
}

TEST_F(AlertRulesTest, an_unknown_key_is_told_also_when_the_first_request_of_the_minute_had_none) {
    const auto refused = record(audit_action::auth_failure, AuditStatus::failed);
    rules.refused_key(refused, false, true, kStart);
    expect({});
    rules.refused_key(refused, true, false, kStart);
    expect({"unknown_credential warning"});
}

TEST_F(AlertRulesTest, a_failure_of_the_integrity_is_critical) {
    rules.recorded(record(audit_action::integrity_failure, AuditStatus::failed, "system"), kStart);
    expect({"integrity critical"});
}

}  // namespace
}  // namespace agenthub
