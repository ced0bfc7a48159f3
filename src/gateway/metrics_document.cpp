// The families of GET /metrics, each made at the time of asking.
// No state.

#include "gateway/metrics_document.hpp"

#include <utility>
#include <vector>

#include "gateway/metrics_page.hpp"
#include "hooks/hook_registry.hpp"
#include "supervisor/process_census.hpp"

namespace agenthub {
namespace {

using namespace metrics;  // NOLINT(google-build-using-namespace): this file is nothing else

Labels of(const ServerSlot& slot) {
    return {{"server", slot.name()}};
}

Labels of(const ServerSlot& slot, const char* key, std::string_view value) {
    return {{"server", slot.name()}, {key, std::string(value)}};
}

void add_daemon(Page& page, const DaemonFacts& facts, const ProcessCensus& census) {
    const ProcessUsage own = usage_of_this_process();
    page.family(MetricType::Gauge, "info", "The version of AgentHub; always 1.");
    page.add(1, {{"version", AGENTHUB_VERSION}});
    page.gauge("uptime_seconds", "Time since the daemon started.", number(facts.uptime_seconds));
    page.gauge("resident_memory_bytes", "Resident memory of the daemon itself.", number(own.rss_bytes));
    page.counter("cpu_seconds_total", "User and system time of the daemon itself.", seconds(own.cpu));
    page.gauge("open_descriptors", "Descriptors that the daemon has open.", number(open_descriptors()));
    page.gauge("loop_lag_seconds", "How late the event loop ran a timer, at the last measurement.",
               seconds(facts.loop.lag));
    page.gauge("loop_lag_max_seconds", "The same, at most since the start.", seconds(facts.loop.longest_lag));
    page.gauge("tasks", "Coroutines that are alive.", number(facts.loop.tasks));
    page.gauge("connections", "Open HTTP connections.", number(facts.connections));
    page.gauge("sessions", "Open MCP sessions.", number(facts.sessions));
    page.gauge("processes_expected", "Guards and servers that should be there.", number(census.expected));
    page.gauge("processes_found", "Guards and servers that are there; another number for long is a leak or a loss.",
               number(census.found));
}

void add_activity(Page& page, const ActivityCounters& activity) {
    page.counter("activity_recorded_total", "Requests and calls that were recorded.", number(activity.recorded));
    page.counter("activity_committed_total", "Records that are in the database.", number(activity.committed));
    page.counter("activity_dropped_total", "Records that were lost because the queue was full.",
                 number(activity.dropped));
    page.counter("activity_batches_total", "Transactions in which records were written.", number(activity.batches));
    page.gauge("activity_queued", "Records that wait for the database.", number(activity.queued));
}

void add_audit(Page& page, const AuditCounters& audit) {
    page.counter("audit_rows_total", "Rows of the audit that were written since the start.", number(audit.written));
    page.counter("audit_dropped_total", "Records of the audit that were lost because the queue was full.",
                 number(audit.dropped));
    page.counter("audit_refused_total", "Actions that were not done, because they could not be recorded.",
                 number(audit.refused));
    page.gauge("audit_queued", "Records that wait for the disk.", number(audit.queued));
    page.gauge("audit_up", "1 while the audit can be written.", audit.last_error.empty() ? 1 : 0);
    page.counter("alerts_total", "Alerts that were raised since the start.", number(audit.alerts));
}

void add_states(Page& page, const Supervisor& supervisor) {
    page.family(MetricType::Gauge, "server_state", "1 for the state that a server is in, 0 for the others.");
    for (const auto& slot : supervisor.slots()) {
        const ServerState present = slot->status().state;
        for (const auto state : {ServerState::stopped, ServerState::starting, ServerState::running,
                                 ServerState::stopping, ServerState::failed})
            page.add(present == state ? 1 : 0, of(*slot, "state", to_string(state)));
    }
    page.family(MetricType::Counter, "server_restarts_total", "Automatic restarts of the server's processes.");
    for (const auto& slot : supervisor.slots())
        page.add(number(slot->stats().restarts), of(*slot));
}

void add_calls(Page& page, const Supervisor& supervisor) {
    page.family(MetricType::Counter, "server_calls_total", "Calls that were answered or that AgentHub had to fail.");
    for (const auto& slot : supervisor.slots())
        page.add(number(slot->stats().calls), of(*slot));
    page.family(MetricType::Counter, "server_call_errors_total",
                "Calls that AgentHub had to fail; an error that the server answered is an answer.");
    for (const auto& slot : supervisor.slots())
        page.add(number(slot->stats().errors), of(*slot));
    page.family(MetricType::Histogram, "server_call_duration_seconds",
                "Time from the request to the answer, of answered calls.");
    for (const auto& slot : supervisor.slots())
        page.add(slot->stats().latency, of(*slot));
}

void add_gates(Page& page, const Supervisor& supervisor) {
    page.family(MetricType::Gauge, "server_calls_running", "Calls that have a place at the server.");
    for (const auto& slot : supervisor.slots())
        page.add(number(slot->gate().running()), of(*slot));
    page.family(MetricType::Gauge, "server_calls_waiting", "Calls that wait for a place at the server.");
    for (const auto& slot : supervisor.slots())
        page.add(number(slot->gate().waiting()), of(*slot));
    page.family(MetricType::Counter, "server_calls_refused_total",
                "Calls that were not let through, by the open circuit breaker, the full queue or its time limit.");
    for (const auto& slot : supervisor.slots()) {
        const CallGate::Counters& counters = slot->gate().counters();
        page.add(number(counters.refused), of(*slot, "by", "breaker"));
        page.add(number(counters.overflows), of(*slot, "by", "queue"));
        page.add(number(counters.timeouts), of(*slot, "by", "queue_timeout"));
    }
    page.family(MetricType::Gauge, "server_breaker_state",
                "1 for the state that the server's circuit breaker is in, 0 for the others.");
    for (const auto& slot : supervisor.slots())
        for (const auto state : {BreakerState::closed, BreakerState::open, BreakerState::half_open})
            page.add(slot->gate().breaker().state == state ? 1 : 0, of(*slot, "state", to_string(state)));
    page.family(MetricType::Counter, "server_breaker_opened_total", "How often the server's circuit breaker opened.");
    for (const auto& slot : supervisor.slots())
        page.add(number(slot->gate().breaker().times_opened), of(*slot));
}

// Also of processes that have ended: a total never falls.
void add_bridges(Page& page, const Supervisor& supervisor) {
    page.family(MetricType::Counter, "server_bridge_events_total",
                "What passed between AgentHub and the server's processes: calls, and what was no proper answer.");
    for (const auto& slot : supervisor.slots()) {
        BridgeCounters total = slot->stats().bridge;
        total.add(slot->counters().value_or(BridgeCounters()));
        page.add(number(total.calls), of(*slot, "event", "call"));
        page.add(number(total.garbage_lines), of(*slot, "event", "garbage_line"));
        page.add(number(total.oversize_lines), of(*slot, "event", "oversize_line"));
        page.add(number(total.late_answers), of(*slot, "event", "late_answer"));
        page.add(number(total.unknown_answers), of(*slot, "event", "unknown_answer"));
        page.add(number(total.refused_requests), of(*slot, "event", "refused_request"));
        page.add(number(total.ambiguous_notices), of(*slot, "event", "ambiguous_notice"));
    }
}

// Of the servers that have a process.
void add_usage(Page& page, const Supervisor& supervisor, const ProcessCensus& census) {
    const auto each = [&](const auto& value_of) {
        for (std::size_t i = 0; i < census.servers.size(); ++i)
            if (census.servers[i])
                page.add(value_of(*census.servers[i]), of(*supervisor.slots()[i]));
    };
    page.family(MetricType::Gauge, "server_processes", "Processes of the server, its guard included.");
    each([](const ProcessUsage& usage) { return number(usage.processes); });
    page.family(MetricType::Gauge, "server_resident_memory_bytes",
                "Resident memory of the server's processes; a page that two share counts in both.");
    each([](const ProcessUsage& usage) { return number(usage.rss_bytes); });
    // Falls with each process that ends, so it is no counter.
    page.family(MetricType::Gauge, "server_cpu_seconds",
                "User and system time of the server's present processes and of their children that have ended.");
    each([](const ProcessUsage& usage) { return seconds(usage.cpu); });
}

void add_ollama(Page& page, const OllamaFacts& ollama) {
    if (!ollama.enabled)
        return;
    page.gauge("ollama_up", "1 when Ollama answered last, 0 when it did not or was not asked yet.",
               ollama.state == BackendState::up ? 1 : 0);
    page.counter("ollama_requests_total", "Requests that were let through to Ollama.",
                 number(ollama.counters.requests));
    page.counter("ollama_failures_total", "Those of them that Ollama left without an answer.",
                 number(ollama.counters.failures));
    page.gauge("ollama_requests_running", "Requests that have a place at Ollama.", number(ollama.running));
    page.gauge("ollama_requests_waiting", "Requests that wait for a place at Ollama.", number(ollama.waiting));
    page.family(MetricType::Counter, "ollama_requests_refused_total",
                "Requests that were not let through, by the open circuit breaker, the full queue or its time limit.");
    page.add(number(ollama.counters.refused), {{"by", "breaker"}});
    page.add(number(ollama.counters.overflows), {{"by", "queue"}});
    page.add(number(ollama.counters.timeouts), {{"by", "queue_timeout"}});
    page.family(MetricType::Gauge, "ollama_breaker_state",
                "1 for the state that Ollama's circuit breaker is in, 0 for the others.");
    for (const auto state : {BreakerState::closed, BreakerState::open, BreakerState::half_open})
        page.add(ollama.breaker.state == state ? 1 : 0, {{"state", std::string(to_string(state))}});
    page.counter("ollama_breaker_opened_total", "How often Ollama's circuit breaker opened.",
                 number(ollama.breaker.times_opened));
}

// Each hook has a name of its own, and there are at most as many as a configuration may have.
void add_hooks(Page& page, const DaemonFacts& facts) {
    page.gauge("hook_processes", "Programs that run for hooks.", number(facts.hook_processes));
    if (facts.hooks == nullptr || facts.hooks->all().empty())
        return;
    const auto labels = [](const HookEntry& hook) {
        return Labels{{"hook", hook.config.name}, {"on", std::string(to_string(hook.config.on))}};
    };
    const auto each = [&](std::string_view name, std::string_view help, const auto& value_of) {
        page.family(MetricType::Counter, name, help);
        for (const auto& hook : facts.hooks->all())
            page.add(value_of(hook->counts), labels(*hook));
    };
    each("hook_runs_total", "Calls in which the hook was asked.",
         [](const HookCounts& counts) { return number(counts.calls); });
    each("hook_failures_total", "Those of them in which the hook failed: it broke, took too long or made no sense.",
         [](const HookCounts& counts) { return number(counts.failed); });
    each("hook_run_seconds_total", "Time that the hook took, in all of them.",
         [](const HookCounts& counts) { return seconds(counts.spent); });
    page.family(MetricType::Counter, "hook_decisions_total", "Calls that the hook changed, answered or refused.");
    for (const auto& hook : facts.hooks->all())
        for (const auto& [decision, count] :
             {std::pair("changed", hook->counts.changed), std::pair("answered", hook->counts.answered),
              std::pair("refused", hook->counts.refused)}) {
            Labels all = labels(*hook);
            all.push_back({"decision", decision});
            page.add(number(count), std::move(all));
        }
}

void add_runs(Page& page, const DaemonFacts& facts) {
    page.gauge("pipelines_running", "Runs of pipelines that are under way.", number(facts.pipelines.running));
    page.counter("pipeline_runs_total", "Runs of pipelines that began.", number(facts.pipelines.begun));
    page.gauge("batches_running", "Batches of calls that are under way.", number(facts.batches.running));
    page.counter("batches_total", "Batches of calls that began.", number(facts.batches.begun));
}

}  // namespace

std::string metrics_document(const Supervisor& supervisor, const DaemonFacts& facts) {
    const ProcessCensus census = take_census(supervisor);
    Page page;
    add_daemon(page, facts, census);
    add_activity(page, facts.activity);
    add_audit(page, facts.audit);
    add_states(page, supervisor);
    add_calls(page, supervisor);
    add_gates(page, supervisor);
    add_bridges(page, supervisor);
    add_usage(page, supervisor, census);
    add_hooks(page, facts);
    add_runs(page, facts);
    add_ollama(page, facts.ollama);
    return page.text();
}

}  // namespace agenthub
