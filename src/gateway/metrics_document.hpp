// GET /metrics: what the daemon and its servers do and cost, in Prometheus' text format.
// Functions of plain values; what processes use is read from /proc. Nothing is registered, and no call pays for it.

#pragma once

#include <string>
#include <string_view>

#include "gateway/admin_documents.hpp"

namespace agenthub {

// Prometheus, "Exposition formats", text format version 0.0.4.
inline constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

// Every family has the prefix "agenthub_", base units and a HELP line; docs/http-api.md lists them.
std::string metrics_document(const Supervisor& supervisor, const DaemonFacts& facts);

}  // namespace agenthub
