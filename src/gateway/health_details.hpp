// What the daemon and its servers cost, as JSON: the "details" of GET /health.
// Pure but for what it reads from /proc.

#pragma once

#include "gateway/admin_documents.hpp"
#include "supervisor/process_usage.hpp"

namespace agenthub {

// The loop, this process, processes expected and found, and what each server with a process uses.
Document details_document(const Supervisor& supervisor, const LoopFacts& loop);

// "processes", "cpu_seconds", "rss_bytes".
Document usage_document(const ProcessUsage& usage);

}  // namespace agenthub
