// The JSON documents of the administrative routes, with the key sets that AgentHub's clients know.
// Pure functions of plain values.

#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>

#include "activity/service.hpp"
#include "supervisor/supervisor.hpp"

namespace agenthub {

using Document = nlohmann::ordered_json;

// What /health tells of the daemon itself.
struct DaemonFacts {
    std::int64_t uptime_seconds = 0;
    std::size_t connections = 0;
    std::size_t sessions = 0;
    ActivityCounters activity;
};

Document health_document(const Supervisor& supervisor, const DaemonFacts& facts);  // GET /health
Document server_health_document(const ServerSlot& slot);                           // GET /health/{server}
Document server_list_document(const Supervisor& supervisor);                       // GET /servers
Document server_document(const ServerSlot& slot);                                  // GET /servers/{name}
Document breaker_list_document(const Supervisor& supervisor);                      // GET /circuit-breakers

}  // namespace agenthub
