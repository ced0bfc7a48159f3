// Which records are worth an alert: the table of what is watched for.
// Pure: time is passed in. Owned by AuditService.

#pragma once

#include "audit/alerts.hpp"
#include "audit/event_window.hpp"
#include "audit/record.hpp"

namespace agenthub {

//   type                 severity            when
//   repeated_failures    warning             3 failures of one client with one action within 5 minutes
//   credential_access    warning             one credential is read 5 times within a minute
//   unknown_credential   warning             a key that AgentHub does not know is tried at /v1
//   config_change        info; warning       each change of the configuration; the third within an hour, and those
//   after it integrity            critical            the audit is not as AgentHub wrote it
class AlertRules {
public:
    static constexpr std::size_t kFailures = 3;
    static constexpr Duration kFailureWindow{300'000};
    static constexpr std::size_t kReads = 5;
    static constexpr Duration kReadWindow{60'000};
    static constexpr std::size_t kChanges = 3;
    static constexpr Duration kChangeWindow{3'600'000};
    // Clients and actions, credentials, that are watched at a time.
    static constexpr std::size_t kKeys = 1024;

    explicit AlertRules(AlertBook& book) : book_(book) {}

    // A record that is being written.
    void recorded(const AuditRecord& record, TimePoint now);
    // A failed authentication, of which only the first of a minute becomes a record: `is_first`.
    void refused_key(const AuditRecord& record, bool has_key, bool is_first, TimePoint now);

private:
    void failed(const AuditRecord& record, const std::string& who, TimePoint now);
    void changed(const AuditRecord& record, TimePoint now);
    void read(const AuditRecord& record, TimePoint now);
    void raise(const AuditRecord& record, AlertSeverity severity, std::string_view type, std::string description);

    AlertBook& book_;
    EventWindow failures_{kFailureWindow, kKeys, kFailures};
    EventWindow reads_{kReadWindow, kKeys, kReads};
    EventWindow changes_{kChangeWindow, 1, kChanges};
};

}  // namespace agenthub
