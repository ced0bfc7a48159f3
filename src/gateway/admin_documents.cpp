// The JSON documents of the administrative routes.
// Functions without state.

#include "gateway/admin_documents.hpp"

#include <cmath>

#include "base/text.hpp"
#include "gateway/document_values.hpp"
#include "gateway/health_details.hpp"
#include "supervisor/process_census.hpp"

namespace agenthub {
namespace {

double to_ms(std::chrono::microseconds us) {
    return static_cast<double>(us.count()) / 1000.0;
}

std::size_t count_state(const Supervisor& supervisor, ServerState state) {
    std::size_t n = 0;
    for (const auto& slot : supervisor.slots())
        n += slot->status().state == state ? 1 : 0;
    return n;
}

Document server_summary(const ServerSlot& slot) {
    const ServerStatus status = slot.status();
    const ServerStats& stats = slot.stats();
    Document out;
    out["status"] = to_string(status.state);
    out["pid"] = pid_of(status);
    out["restart_count"] = status.restart_count;
    out["reason"] =
        slot.config().disabled_reason.empty() ? status.reason : "disabled: " + slot.config().disabled_reason;
    out["calls"] = stats.calls;
    out["errors"] = stats.errors;
    out["p50_ms"] = to_ms(stats.latency.percentile(0.5));
    out["p99_ms"] = to_ms(stats.latency.percentile(0.99));
    out["last_error"] = last_error_of(status);
    out["last_error_code"] = last_error_code_of(status);
    return out;
}

Document activity_document(const ActivityCounters& counters) {
    Document out;
    out["recorded"] = counters.recorded;
    out["committed"] = counters.committed;
    out["dropped"] = counters.dropped;
    out["queued"] = counters.queued;
    out["last_error"] = counters.last_error.empty() ? Document() : Document(counters.last_error);
    out["mode"] = counters.off ? "off" : counters.strict ? "strict" : "relaxed";
    return out;
}

Document audit_document(const AuditCounters& counters) {
    Document out;
    out["status"] = counters.last_error.empty() ? "up" : "down";
    out["rows"] = counters.rows;
    out["queued"] = counters.queued;
    out["dropped"] = counters.dropped;
    out["refused"] = counters.refused;
    out["alerts"] = counters.alerts;
    out["last_error"] = counters.last_error.empty() ? Document() : Document(counters.last_error);
    return out;
}

// The cache of better prompts.
Document cache_document(const PromptCacheStats& cache) {
    const auto asked = static_cast<double>(cache.hits + cache.misses);
    Document out;
    out["status"] = cache.max_size == 0 ? "disabled" : "up";
    out["hit_rate"] = asked == 0 ? 0.0 : std::round(static_cast<double>(cache.hits) / asked * 1000.0) / 1000.0;
    out["size"] = cache.size;
    return out;
}

}  // namespace

Document breaker_document(const BreakerSnapshot& breaker) {
    Document out;
    out["state"] = to_string(breaker.state);
    out["failure_count"] = breaker.failure_count;
    out["success_count"] = breaker.success_count;
    out["last_failure_time"] = time_or_null(breaker.last_failure_ms);
    out["last_success_time"] = time_or_null(breaker.last_success_ms);
    out["total_failures"] = breaker.total_failures;
    out["total_successes"] = breaker.total_successes;
    out["times_opened"] = breaker.times_opened;
    return out;
}

Document health_document(const Supervisor& supervisor, const DaemonFacts& facts) {
    Document servers;
    servers["total"] = supervisor.slots().size();
    servers["running"] = count_state(supervisor, ServerState::running);
    servers["stopped"] = count_state(supervisor, ServerState::stopped);
    servers["failed"] = count_state(supervisor, ServerState::failed);
    servers["servers"] = Document::object();
    for (const auto& slot : supervisor.slots())
        servers["servers"][slot->name()] = server_summary(*slot);
    Document services;
    services["router"] = "up";
    services["ollama"] = to_string(facts.ollama.state);
    services["cache"] = cache_document(facts.prompts);
    services["activity"] = activity_document(facts.activity);
    services["audit"] = audit_document(facts.audit);
    Document out;
    out["status"] = "healthy";
    out["version"] = AGENTHUB_VERSION;
    out["uptime_seconds"] = facts.uptime_seconds;
    out["connections"] = facts.connections;
    out["sessions"] = facts.sessions;
    out["services"] = std::move(services);
    out["servers"] = std::move(servers);
    out["details"] = details_document(supervisor, facts.loop);
    return out;
}

Document server_health_document(const ServerSlot& slot) {
    const ServerStatus status = slot.status();
    Document out;
    out["server"] = slot.name();
    out["status"] = to_string(status.state);
    out["pid"] = pid_of(status);
    out["restart_count"] = status.restart_count;
    out["last_error"] = last_error_of(status);
    out["circuit_breaker"] = breaker_document(slot.gate().breaker());
    out["config"] = {{"package", slot.config().package},
                     {"transport", slot.config().transport},
                     {"auto_start", slot.config().auto_start}};
    return out;
}

Document server_list_document(const Supervisor& supervisor) {
    Document list = Document::array();
    for (const auto& slot : supervisor.slots()) {
        const ServerStatus status = slot->status();
        Document entry;
        entry["name"] = slot->name();
        entry["package"] = slot->config().package;
        entry["transport"] = slot->config().transport;
        entry["status"] = to_string(status.state);
        entry["pid"] = pid_of(status);
        entry["auto_start"] = slot->config().auto_start;
        entry["restart_count"] = status.restart_count;
        entry["description"] = slot->config().description;
        list.push_back(std::move(entry));
    }
    Document out;
    out["servers"] = std::move(list);
    return out;
}

Document breaker_list_document(const Supervisor& supervisor, const OllamaFacts& ollama) {
    Document out = Document::object();
    if (ollama.enabled)
        out[std::string(kOllamaBreaker)] = breaker_document(ollama.breaker);
    for (const auto& slot : supervisor.slots())
        out[slot->name()] = breaker_document(slot->gate().breaker());
    return out;
}

}  // namespace agenthub
