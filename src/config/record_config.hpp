// The typed configuration of what is kept of calls and of administrative actions.
// Plain values.

#pragma once

#include <cstddef>
#include <cstdint>

#include "base/async.hpp"

namespace agenthub {

struct ActivityConfig {
    std::size_t queue = 65536;  // rows waiting for the database
    Duration batch_ms{50};
    int retention_days = 30;
    std::uint64_t max_bytes = 536870912;
    bool strict = false;  // a reply leaves only after its row is committed
    bool off = false;     // nothing is recorded
    bool operator==(const ActivityConfig&) const = default;
};

struct AuditConfig {
    std::size_t queue = 4096;   // records waiting for the database; beyond, administrative actions are refused
    std::size_t alerts = 1000;  // kept in memory, the newest
    bool operator==(const AuditConfig&) const = default;
};

}  // namespace agenthub
