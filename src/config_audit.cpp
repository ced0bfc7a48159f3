// Records of what AgentHub does with the configuration.
// No state.

#include "config_audit.hpp"

#include <utility>

#include "base/log.hpp"
#include "gateway/admin_audit.hpp"

namespace agenthub {
namespace {

AuditRecord system_record(std::string_view action, std::string subject) {
    AuditRecord record;
    record.actor = "system";
    record.action = action;
    record.subject = std::move(subject);
    return record;
}

AuditOutcome outcome_of(const ReloadResult& reloaded) {
    AuditOutcome outcome;
    if (reloaded.has_value()) {
        outcome.after = changes_text(reloaded->difference);
        return outcome;
    }
    outcome.status = AuditStatus::failed;
    outcome.error = reloaded.error().text();
    return outcome;
}

}  // namespace

void note_credentials(AuditService& audit, const std::vector<std::string>& names, std::string_view cause) {
    for (const std::string& name : names) {
        AuditRecord record = system_record(audit_action::credential_access, name);
        record.status = AuditStatus::success;
        record.after = cause;
        audit.note(std::move(record));
    }
}

awaitable<void> audited_reload(AuditService& audit, ConfigControl& control, std::string cause) {
    AuditRecord record = system_record(audit_action::config_reload, cause);
    auto beginning = audit.begin(std::move(record));
    auto ticket = co_await std::move(beginning);
    if (!ticket) {
        log().error("reload by {}: {}", cause, ticket.error().message);
        co_return;
    }
    auto reloading = control.reload(std::move(cause));
    const ReloadResult reloaded = co_await std::move(reloading);
    AuditOutcome outcome = outcome_of(reloaded);
    auto ending = audit.end(std::move(*ticket), std::move(outcome));
    co_await std::move(ending);
}

}  // namespace agenthub
