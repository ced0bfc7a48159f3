// What is worth an alert.
// Pure.

#include "audit/alert_rules.hpp"

#include <utility>

#include "audit/actions.hpp"

namespace agenthub {

void AlertRules::recorded(const AuditRecord& record, TimePoint now) {
    if (record.action == audit_action::integrity_failure)
        return raise(record, AlertSeverity::critical, "integrity", record.error);
    if (record.action == audit_action::credential_access)
        return read(record, now);
    if (record.status == AuditStatus::failed && record.action != audit_action::auth_failure)
        return failed(record, record.actor, now);
    // A reload that changed nothing says so by having nothing to say.
    if (record.status == AuditStatus::success && audit_action::is_config_change(record.action) && !record.after.empty())
        changed(record, now);
}

void AlertRules::refused_key(const AuditRecord& record, bool has_key, bool is_first, TimePoint now) {
    // Clients choose their names, and whoever guesses keys chooses another each time.
    failed(record, record.client_ip, now);
    // The first of a minute may have had no key at all.
    const bool is_new = has_key && failures_.add("unknown key\n" + record.client_ip, now) == 1;
    if (has_key && (is_first || is_new))
        raise(record, AlertSeverity::warning, "unknown_credential",
              "a key that AgentHub does not know was tried from " + record.client_ip);
}

void AlertRules::failed(const AuditRecord& record, const std::string& who, TimePoint now) {
    const std::string key = who + "\n" + record.action;
    if (failures_.add(key, now) < kFailures)
        return;
    failures_.forget(key);
    raise(record, AlertSeverity::warning, "repeated_failures",
          record.action + " of " + who + " failed " + std::to_string(kFailures) + " times within 5 minutes");
}

void AlertRules::read(const AuditRecord& record, TimePoint now) {
    if (reads_.add(record.subject, now) < kReads)
        return;
    reads_.forget(record.subject);
    raise(record, AlertSeverity::warning, "credential_access",
          record.subject + " was read " + std::to_string(kReads) + " times within a minute");
}

void AlertRules::changed(const AuditRecord& record, TimePoint now) {
    const bool often = changes_.add({}, now) >= kChanges;
    const std::string by = " (" + record.action + " by " + record.actor + ")";
    if (often)
        raise(record, AlertSeverity::warning, "config_change",
              "the configuration was changed " + std::to_string(kChanges) + " times or more within an hour" + by);
    else
        raise(record, AlertSeverity::info, "config_change", "the configuration was changed" + by);
}

void AlertRules::raise(const AuditRecord& record, AlertSeverity severity, std::string_view type,
                       std::string description) {
    Alert alert;
    alert.unix_ms = record.unix_ms;
    alert.severity = severity;
    alert.type = type;
    alert.description = std::move(description);
    const std::pair<const char*, const std::string*> details[] = {{"action", &record.action},
                                                                  {"subject", &record.subject},
                                                                  {"request_id", &record.request_id},
                                                                  {"after", &record.after},
                                                                  {"error", &record.error}};
    for (const auto& [name, text] : details)
        if (!text->empty())
            alert.details.emplace_back(name, *text);
    alert.client_id = record.actor;
    alert.client_ip = record.client_ip;
    book_.add(std::move(alert));
}

}  // namespace agenthub
