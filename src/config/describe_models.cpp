// The part of `agenthub check-config` about Ollama, enhancement and keys, secrets hidden.
// Pure functions.

#include "config/describe_models.hpp"

#include <nlohmann/json.hpp>

#include "config/redacted.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

void line(std::string& out, std::string_view key, std::string_view value) {
    out.append(key).append(": ").append(value) += '\n';
}

std::string yes_no(bool value) {
    return value ? "true" : "false";
}

std::string number(double value) {
    return nlohmann::json(value).dump();
}

std::string any_number(std::size_t value) {
    return value == 0 ? "any" : std::to_string(value);
}

void describe_ollama(std::string& out, const OllamaConfig& ollama) {
    out += "ollama:\n";
    line(out, "  enabled", yes_no(ollama.enabled));
    line(out, "  url", in_quotes(shown_url(ollama.url)));
    line(out, "  ca_file", ollama.ca_file.empty() ? "that of the system" : in_quotes(ollama.ca_file));
    line(out, "  api_key", ollama.api_key.empty() ? "none" : "(hidden)");
    line(out, "  api", ollama.api == OllamaApi::openai ? "openai" : "native");
    line(out, "  model", in_quotes(ollama.model));
    line(out, "  connect_timeout", duration_text(ollama.connect_timeout));
    line(out, "  timeout", duration_text(ollama.timeout));
    line(out, "  stream_timeout", duration_text(ollama.stream_timeout));
    line(out, "  max_concurrency", any_number(ollama.max_concurrency));
    line(out, "  queue", std::to_string(ollama.queue));
    line(out, "  queue_timeout", duration_text(ollama.queue_timeout));
    line(out, "  stream_buffer_bytes", std::to_string(ollama.stream_buffer_bytes));
    line(out, "  breaker_threshold", ollama.breaker_threshold == 0 ? "off" : std::to_string(ollama.breaker_threshold));
    line(out, "  breaker_recovery", duration_text(ollama.breaker_recovery));
}

void describe_rule(std::string& out, const std::string& name, const EnhancementRule& rule) {
    out += "  " + name + ":\n";
    line(out, "    enabled", yes_no(rule.enabled));
    line(out, "    model", rule.model.empty() ? "that of ollama" : in_quotes(rule.model));
    line(out, "    system_prompt", in_quotes(rule.system_prompt));
    line(out, "    temperature", number(rule.temperature));
    line(out, "    max_tokens", std::to_string(rule.max_tokens));
    line(out, "    budget", duration_text(rule.budget));
    std::string tools;
    for (const std::string& pattern : rule.tools)
        tools += (tools.empty() ? "" : ", ") + in_quotes(pattern);
    line(out, "    enhance", tools.empty() ? "nothing unasked" : tools);
    line(out, "    chat", yes_no(rule.chat));
}

void describe_enhancement(std::string& out, const EnhancementConfig& enhancement) {
    out += "enhancement:\n";
    line(out, "  enabled", yes_no(enhancement.enabled));
    describe_rule(out, "default", enhancement.fallback);
    for (const auto& [name, rule] : enhancement.clients)
        describe_rule(out, "client " + in_quotes(name), rule);
    std::string chain;
    for (const auto& model : enhancement.fallback_chain)
        chain += (model ? in_quotes(*model) : std::string("unchanged")) + ", ";
    line(out, "  fallback_chain", chain + (chain.ends_with("unchanged, ") ? "" : "unchanged, "));
    out.erase(out.size() - 3, 2);
    line(out, "  max_body_bytes", std::to_string(enhancement.max_body_bytes));
    const EnhancementCacheConfig& cache = enhancement.cache;
    out += "  cache:\n";
    line(out, "    max_entries", cache.max_entries == 0 ? "off" : std::to_string(cache.max_entries));
    line(out, "    ttl", duration_text(cache.ttl));
    line(out, "    persistent", yes_no(cache.persistent));
    line(out, "    semantic", yes_no(cache.semantic));
    line(out, "    embedding_model", in_quotes(cache.embedding_model));
    line(out, "    similarity", number(cache.similarity));
}

}  // namespace

void describe_models(std::string& out, const Config& config) {
    describe_ollama(out, config.ollama);
    describe_enhancement(out, config.enhancement);
    line(out, "api_keys",
         config.api_keys.empty() ? "none, /v1 asks for no token" : std::to_string(config.api_keys.size()));
    for (const ApiKey& key : config.api_keys) {
        const std::string what = key.description.empty() ? std::string() : " (" + in_quotes(key.description) + ")";
        line(out, "  " + in_quotes(key.client_name), (key.enhance ? "enhanced" : "not enhanced") + what);
    }
}

}  // namespace agenthub
