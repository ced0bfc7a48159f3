// The JSON document of one server: GET /servers/{name}.
// Functions without state.

#include "base/text.hpp"
#include "config/redacted.hpp"
#include "gateway/admin_documents.hpp"
#include "gateway/document_values.hpp"
#include "gateway/health_details.hpp"
#include "supervisor/process_census.hpp"

namespace agenthub {
namespace {

Document gate_document(const CallGate& gate) {
    Document out;
    out["running"] = gate.running();
    out["waiting"] = gate.waiting();
    out["refused_by_breaker"] = gate.counters().refused;
    out["refused_by_queue"] = gate.counters().overflows;
    out["waited_too_long"] = gate.counters().timeouts;
    return out;
}

// Null without a process.
const Instance* first_instance(const ServerSlot& slot) {
    for (const ServerRunner* runner : slot.runners())
        if (runner->instance() != nullptr)
            return runner->instance();
    return nullptr;
}

// Of the first process that has said something; the last of its predecessor until there is another.
std::string stderr_of(const ServerSlot& slot) {
    std::string text;
    for (const ServerRunner* runner : slot.runners())
        if (text.empty())
            text = runner->stderr_text();
    return text;
}

Document counters_document(const BridgeCounters& counters) {
    Document out;
    out["calls"] = counters.calls;
    out["garbage_lines"] = counters.garbage_lines;
    out["oversize_lines"] = counters.oversize_lines;
    out["late_answers"] = counters.late_answers;
    out["unknown_answers"] = counters.unknown_answers;
    out["asked_requests"] = counters.asked_requests;
    out["refused_requests"] = counters.refused_requests;
    out["ambiguous_notices"] = counters.ambiguous_notices;
    return out;
}

Document instances_document(const ServerSlot& slot) {
    Document list = Document::array();
    for (const ServerRunner* runner : slot.runners()) {
        Document entry;
        // Enough of a session's id to tell sessions apart, not enough to use it.
        entry["owner"] = runner->owner().empty() ? Document() : Document(clip(runner->owner(), 10));
        entry["status"] = to_string(runner->status().state);
        entry["pid"] = pid_of(runner->status());
        entry["started_at"] = time_or_null(runner->status().started_ms);
        entry["reason"] = runner->status().reason;
        entry["calls_in_flight"] = runner->calls_in_flight();
        if (const auto usage = usage_of(*runner))
            entry["usage"] = usage_document(*usage);
        list.push_back(std::move(entry));
    }
    return list;
}

// What could not be had is there with its reason, so that nobody relies on it.
Document limits_document(const LimitsInForce& limits) {
    Document out;
    out["cgroup"] = limits.cgroup.empty() ? Document() : Document(limits.cgroup);
    out["why_no_cgroup"] = limits.why_no_cgroup.empty() ? Document() : Document(limits.why_no_cgroup);
    out["in_force"] = Document::object();
    out["without_effect"] = Document::object();
    for (const auto& limit : limits.limits) {
        if (limit.why_not.empty())
            out["in_force"][limit.name] = limit.value;
        else
            out["without_effect"][limit.name] = {{"value", limit.value}, {"reason", limit.why_not}};
    }
    return out;
}

}  // namespace

Document server_document(const ServerSlot& slot) {
    const ServerStatus status = slot.status();
    Document process;
    process["pid"] = pid_of(status);
    process["status"] = to_string(status.state);
    process["started_at"] = time_or_null(status.started_ms);
    process["restart_count"] = status.restart_count;
    process["last_error"] = last_error_of(status);
    process["last_error_code"] = last_error_code_of(status);
    process["reason"] = status.reason;
    process["since"] = time_or_null(status.since_ms);
    process["next_attempt"] = time_or_null(status.next_attempt_ms);
    process["stderr"] = stderr_of(slot);
    if (const auto counters = slot.counters())
        process["counters"] = counters_document(*counters);
    if (const Instance* instance = first_instance(slot))
        process["limits"] = limits_document(instance->limits_in_force);
    if (const auto usage = usage_of(slot))
        process["usage"] = usage_document(*usage);
    Document out;
    out["name"] = slot.name();
    out["config"] = redacted_server_json(slot.config());
    out["process"] = std::move(process);
    out["calls"] = gate_document(slot.gate());
    if (slot.stats().asks_while_shared)
        out["advice"] = std::string("This server ").append(kIsolateAdvice) + ".";
    if (slot.config().isolation != Isolation::shared)
        out["instances"] = instances_document(slot);
    return out;
}

}  // namespace agenthub
