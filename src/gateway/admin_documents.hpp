// The JSON documents of the administrative routes, with the key sets that AgentHub's clients know.
// Functions of plain values; what processes use is read from /proc.

#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

#include "activity/service.hpp"
#include "audit/counters.hpp"
#include "base/circuit_breaker.hpp"
#include "base/run_count.hpp"
#include "bridge/ollama_facts.hpp"
#include "enhance/prompt_cache.hpp"
#include "supervisor/supervisor.hpp"

namespace agenthub {

class HookRegistry;

using Document = nlohmann::ordered_json;

struct LoopFacts {
    std::chrono::microseconds lag{0};          // at the last measurement
    std::chrono::microseconds longest_lag{0};  // since the start
    std::size_t tasks = 0;
};

// What /health tells of the daemon itself.
struct DaemonFacts {
    std::int64_t uptime_seconds = 0;
    std::size_t connections = 0;
    std::size_t sessions = 0;
    ActivityCounters activity;
    AuditCounters audit;
    LoopFacts loop;
    OllamaFacts ollama;
    PromptCacheStats prompts;
    std::shared_ptr<const HookRegistry> hooks;  // null: none; the other owners are those of the registry
    std::size_t hook_processes = 0;
    RunCount batches, pipelines;
};

// The name of Ollama's circuit breaker among those of the servers; a server of that name comes first.
inline constexpr std::string_view kOllamaBreaker = "ollama";

Document breaker_document(const BreakerSnapshot& breaker);  // the eight fields of the prototype

Document health_document(const Supervisor& supervisor, const DaemonFacts& facts);  // GET /health
Document server_health_document(const ServerSlot& slot);                           // GET /health/{server}
Document server_list_document(const Supervisor& supervisor);                       // GET /servers
Document server_document(const ServerSlot& slot);                                  // GET /servers/{name}
// GET /circuit-breakers
Document breaker_list_document(const Supervisor& supervisor, const OllamaFacts& ollama = {});

}  // namespace agenthub
