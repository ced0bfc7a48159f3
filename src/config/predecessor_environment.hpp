// The environment variables of AgentHub's predecessors: what they say holds where the configuration file says nothing.
// Pure but for the Environment.

#pragma once

#include "config/config.hpp"
#include "config/environment.hpp"

namespace agenthub {

// LLM_HOST, LLM_PORT, LLM_MODEL, LLM_TIMEOUT, LLM_API_KEY, LM_API_TOKEN, else OLLAMA_HOST, OLLAMA_PORT, OLLAMA_MODEL,
// OLLAMA_TIMEOUT; OLLAMA_API_MODE; CB_FAILURE_THRESHOLD and CB_RECOVERY_TIMEOUT, which hold for each server, too.
void apply_model_variables(const Environment& environment, Findings& findings, OllamaConfig& ollama);
void apply_breaker_variables(const Environment& environment, Findings& findings, OllamaConfig& ollama,
                             ServerConfig& defaults);
// CACHE_MAX_SIZE, CACHE_SIMILARITY_THRESHOLD, CACHE_PERSISTENT, MAX_ENHANCEMENT_BODY_SIZE.
void apply_cache_variables(const Environment& environment, Findings& findings, EnhancementConfig& enhancement);
// LOG_LEVEL, in any case, also "warning" and "critical". Other programs use it too: a word that is not known is a
// warning.
void apply_log_variable(const Environment& environment, Findings& findings, LogConfig& log);

}  // namespace agenthub
