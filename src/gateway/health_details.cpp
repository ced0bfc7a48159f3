// The details of GET /health.
// No state.

#include "gateway/health_details.hpp"

#include <cmath>

#include "supervisor/process_census.hpp"

namespace agenthub {
namespace {

// Three decimals: more would be noise.
double thousandth(double value) {
    return std::round(value * 1000.0) / 1000.0;
}

double to_ms(std::chrono::microseconds us) {
    return thousandth(static_cast<double>(us.count()) / 1000.0);
}

double to_seconds(std::chrono::milliseconds ms) {
    return thousandth(static_cast<double>(ms.count()) / 1000.0);
}

}  // namespace

Document usage_document(const ProcessUsage& usage) {
    Document out;
    out["processes"] = usage.processes;
    out["cpu_seconds"] = to_seconds(usage.cpu);
    out["rss_bytes"] = usage.rss_bytes;
    return out;
}

Document details_document(const Supervisor& supervisor, const LoopFacts& loop) {
    const ProcessUsage own = usage_of_this_process();
    const ProcessCensus census = take_census(supervisor);
    Document out;
    out["loop"]["lag_ms"] = to_ms(loop.lag);
    out["loop"]["max_lag_ms"] = to_ms(loop.longest_lag);
    out["loop"]["tasks"] = loop.tasks;
    out["daemon"]["descriptors"] = open_descriptors();
    out["daemon"]["cpu_seconds"] = to_seconds(own.cpu);
    out["daemon"]["rss_bytes"] = own.rss_bytes;
    out["processes"]["expected"] = census.expected;
    out["processes"]["found"] = census.found;
    out["servers"] = Document::object();
    for (std::size_t i = 0; i < census.servers.size(); ++i)
        if (census.servers[i])
            out["servers"][supervisor.slots()[i]->name()] = usage_document(*census.servers[i]);
    return out;
}

}  // namespace agenthub
