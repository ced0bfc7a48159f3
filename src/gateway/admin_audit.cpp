// What is recorded of administrative actions.
// Owned by the gateway.

#include "gateway/admin_audit.hpp"

#include <utility>

#include "base/redactor.hpp"
#include "base/text.hpp"
#include "config/edit.hpp"
#include "gateway/admin_documents.hpp"
#include "gateway/body_fault.hpp"
#include "gateway/call_recorder.hpp"
#include "gateway/document_values.hpp"

namespace agenthub {
namespace {

// Enough to tell sessions apart, not enough to use one: the audit is read by others. As in the activity.
std::string shown_session(std::string_view id) {
    return std::string(id.substr(0, 10));
}

// What is in the reply of these routes is short: the daemon made it.
std::string text_in(const Document& body, const char* key) {
    const auto found = body.is_object() ? body.find(key) : body.end();
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// A list of names becomes one, an empty one nothing.
void take_names(const Document& from, const char* group, const char* key, Document& out) {
    if (from.contains(group) && from[group].contains(key) && !from[group][key].empty())
        out[key] = from[group][key];
}

// The names of what a reload has changed, never their values; empty when it was nothing.
std::string reload_text(const Document& reply) {
    Document out;
    for (const char* key : {"added", "removed", "changed", "updated"})
        take_names(reply, "servers", key, out);
    for (const char* key : {"applied", "next_start"})
        take_names(reply, "settings", key, out);
    return out.is_null() ? std::string() : out.dump(-1, ' ', false, Document::error_handler_t::replace);
}

std::string subject_of(const Route& route, const HttpRequest& request) {
    if (route.id == RouteId::activity_cleanup)
        return "older than " + request.query_value("days").value_or("30") + " days";
    if (route.id == RouteId::reload)
        return "configuration";
    if (route.id != RouteId::server_install)
        return route.server;
    BodyReader body(request.body);
    const std::string package = body.text("package", false).value_or("");
    std::string name = body.text("name", false).value_or("");
    if (name.empty() && is_registry_package(package))
        name = server_name_of(package);
    return name.empty() ? package : name;
}

}  // namespace

std::string changes_text(const ConfigDifference& difference) {
    Document out;
    out["servers"]["added"] = difference.added;
    out["servers"]["removed"] = difference.removed;
    out["servers"]["changed"] = difference.changed;
    out["servers"]["updated"] = difference.updated;
    out["settings"]["applied"] = difference.applied;
    out["settings"]["next_start"] = difference.next_start;
    return reload_text(out);
}

std::string_view audited_action(RouteId id, http::verb verb) noexcept {
    switch (id) {
        case RouteId::server_start:
        case RouteId::dashboard_start: return audit_action::server_start;
        case RouteId::server_stop:
        case RouteId::dashboard_stop: return audit_action::server_stop;
        case RouteId::server_restart:
        case RouteId::dashboard_restart: return audit_action::server_restart;
        case RouteId::server_install: return audit_action::server_install;
        case RouteId::server_remove: return audit_action::server_remove;
        case RouteId::reload: return audit_action::config_reload;
        case RouteId::breaker_reset: return audit_action::breaker_reset;
        case RouteId::activity: return verb == http::verb::delete_ ? audit_action::activity_clear : std::string_view();
        case RouteId::activity_cleanup: return audit_action::activity_cleanup;
        case RouteId::enhance_reset: return audit_action::enhance_reset;
        case RouteId::dashboard_clear: return audit_action::cache_clear;
        default: return {};
    }
}

AuditRecord audit_record_of(const HttpRequest& request) {
    AuditRecord record;
    record.actor = client_id_of(request);
    record.client_ip = request.peer_ip;
    record.request_id = request.id.view();
    if (request.fields != nullptr) {
        const std::string_view session = request.header("Mcp-Session-Id");
        record.session = shown_session(session.empty() ? request.header("X-Session-ID") : session);
    }
    return record;
}

std::string AdminAudit::server_state(const std::string& name) const {
    const ServerSlot* slot = supervisor_.find(name);
    Document out;
    out["status"] = "absent";
    if (slot != nullptr) {
        const ServerStatus status = slot->status();
        out["status"] = to_string(status.state);
        out["pid"] = pid_of(status);
        out["restart_count"] = status.restart_count;
    }
    return out.dump();
}

// What the action is going to change, or has changed.
std::string AdminAudit::state_of(RouteId id, const std::string& subject) const {
    Document out;
    switch (id) {
        case RouteId::breaker_reset: {
            const ServerSlot* slot = supervisor_.find(subject);
            if (slot == nullptr && subject != kOllamaBreaker)
                return {};
            out["state"] = to_string(slot == nullptr ? models_.breaker().state : slot->gate().breaker().state);
            return out.dump();
        }
        case RouteId::enhance_reset:
        case RouteId::dashboard_clear:
            out["cached_prompts"] = enhancer_.cache_stats().size;
            if (id == RouteId::enhance_reset)
                out["breaker"] = to_string(models_.breaker().state);
            return out.dump();
        case RouteId::reload:
        case RouteId::activity:
        case RouteId::activity_cleanup: return {};
        default: return server_state(subject);
    }
}

awaitable<result<AuditTicket>> AdminAudit::begin(const Route& route, const HttpRequest& request) {
    AuditRecord record = audit_record_of(request);
    record.action = audited_action(route.id, request.verb);
    record.subject = subject_of(route, request);
    record.before = state_of(route.id, record.subject);
    auto beginning = audit_.begin(std::move(record));
    co_return co_await std::move(beginning);
}

awaitable<void> AdminAudit::end(AuditTicket ticket, const Route& route, unsigned status, std::string_view body) {
    AuditOutcome outcome;
    const bool went_well = status < 400;
    const auto said = Document::parse(body.begin(), body.end(), nullptr, false);
    outcome.status = went_well ? AuditStatus::success : AuditStatus::failed;
    if (!went_well) {
        const std::string detail = text_in(said, "detail");
        outcome.error = detail.empty() ? text_in(said, "message") : detail;
        if (outcome.error.empty())
            outcome.error = "HTTP status " + std::to_string(status);
    }
    outcome.after = state_of(route.id, ticket.record().subject);
    if (went_well && route.id == RouteId::reload)
        outcome.after = reload_text(said);
    if (went_well && route.id == RouteId::activity_cleanup)
        outcome.after = std::string(body);
    auto ending = audit_.end(std::move(ticket), std::move(outcome));
    co_await std::move(ending);
}

awaitable<result<AuditTicket>> AdminAudit::begin_tool(const Exchange& exchange, std::string_view action,
                                                      std::string subject) {
    const mcp::Caller& caller = exchange.caller();
    AuditRecord record;
    record.actor = caller.name();
    record.client_ip = caller.client_ip;
    record.session = shown_session(caller.session_id);
    record.request_id = exchange.request_id.view();
    record.action = action;
    record.subject = std::move(subject);
    if (action == audit_action::server_restart)
        record.before = server_state(record.subject);
    auto beginning = audit_.begin(std::move(record));
    co_return co_await std::move(beginning);
}

awaitable<void> AdminAudit::end_tool(AuditTicket ticket, std::string error) {
    AuditOutcome outcome;
    outcome.status = error.empty() ? AuditStatus::success : AuditStatus::failed;
    outcome.error = std::move(error);
    if (ticket.record().action == audit_action::server_restart)
        outcome.after = server_state(ticket.record().subject);
    auto ending = audit_.end(std::move(ticket), std::move(outcome));
    co_await std::move(ending);
}

HttpReply AdminAudit::refusal(const Route& route, const Error& error) {
    if (route.route_class != RouteClass::page)
        return detail_reply(503, redacted(error.message));
    HttpReply reply;
    reply.status = 503;
    reply.body = R"({"status":"error","message":)";
    append_json_string(reply.body, redacted(error.message));
    reply.body += '}';
    return reply;
}

}  // namespace agenthub
