// What the audit says of itself in /health and /metrics.
// A value.

#pragma once

#include <cstdint>
#include <string>

namespace agenthub {

struct AuditCounters {
    std::int64_t rows = 0;     // the number of the last one on the disk
    std::int64_t written = 0;  // since the start
    std::int64_t queued = 0;
    std::int64_t dropped = 0;  // of those that nobody waits for: refused keys, for one
    std::int64_t refused = 0;  // actions that were not done, because they could not be recorded
    std::int64_t alerts = 0;   // raised since the start
    std::string last_error;    // why nothing is written at present; empty when all is well
};

}  // namespace agenthub
