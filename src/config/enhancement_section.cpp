// The section "enhancement".
// Pure functions.

#include "config/enhancement_section.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr NumberRange kTemperature{0, 2};
constexpr NumberRange kSimilarity{0, 1};
constexpr IntegerRange kTokens{1, 1000000};
constexpr IntegerRange kBody{1024, 1073741824};
constexpr IntegerRange kEntries{0, 1000000};
constexpr IntegerRange kChain{0, 16};
constexpr DurationRange kBudget{100ms, 1h};
constexpr DurationRange kLifetime{1s, 8760h};

void read_patterns(ObjectReader& reader, EnhancementRule& rule) {
    reader.read("enhance", rule.tools);
    for (std::size_t i = 0; i < rule.tools.size(); ++i)
        if (rule.tools[i].empty())
            reader.fault("enhance", R"(found an empty pattern; allowed: a pattern as "server/tool" or "github/*")");
}

void read_rule(ObjectReader& reader, EnhancementRule& rule) {
    reader.read("enabled", rule.enabled);
    reader.read("model", rule.model);
    reader.read("system_prompt", rule.system_prompt);
    reader.read("temperature", rule.temperature, kTemperature);
    reader.read("max_tokens", rule.max_tokens, kTokens);
    if (reader.find("budget") != nullptr)
        reader.ignore({"timeout"});
    else
        reader.read("timeout", rule.budget, kBudget);
    reader.read("budget", rule.budget, kBudget);
    read_patterns(reader, rule);
    reader.read("chat", rule.chat);
    // Of the rules file's: where a prompt may be sent. It never leaves for anywhere but the configured Ollama.
    reader.ignore({"privacy_level", "description"});
    reader.warn_unknown();
}

void read_clients(ObjectReader& section, Findings& findings, EnhancementConfig& enhancement) {
    const ordered_json* clients = section.section("clients");
    if (clients == nullptr)
        return;
    for (const auto& [name, entry] : clients->items()) {
        if (name.starts_with('_'))
            continue;
        const std::string path = child_path(section.path_of("clients"), name);
        if (!entry.is_object()) {
            findings.faults.push_back({path, refusal(entry, R"(an object as {"model": "llama3.2:3b"})")});
            continue;
        }
        ObjectReader reader(entry, path, findings, ObjectReader::Nulls::absent);
        EnhancementRule rule = enhancement.fallback;
        read_rule(reader, rule);
        // A rules file may have had one already.
        std::erase_if(enhancement.clients, [&client = name](const auto& other) { return other.first == client; });
        enhancement.clients.emplace_back(name, std::move(rule));
    }
}

void read_chain(ObjectReader& section, Findings& findings, EnhancementConfig& enhancement) {
    const ordered_json* chain = section.find("fallback_chain");
    if (chain == nullptr)
        return;
    constexpr const char* kAllowed = "a list of at most 16 models' names, and null for \"unchanged\"";
    if (!chain->is_array() || chain->size() > static_cast<std::size_t>(kChain.max))
        return section.fault("fallback_chain", refusal(*chain, kAllowed));
    std::vector<std::optional<std::string>> out;
    for (std::size_t i = 0; i < chain->size(); ++i) {
        const ordered_json& model = (*chain)[i];
        if (model.is_null())
            out.emplace_back();
        else if (model.is_string() && !model.get_ref<const std::string&>().empty())
            out.emplace_back(model.get<std::string>());
        else
            findings.faults.push_back(
                {element_path(section.path_of("fallback_chain"), i), refusal(model, "a model's name, or null")});
    }
    enhancement.fallback_chain = std::move(out);
}

void read_cache(ObjectReader& section, Findings& findings, EnhancementCacheConfig& cache) {
    const ordered_json* object = section.section("cache");
    if (object == nullptr)
        return;
    ObjectReader reader(*object, section.path_of("cache"), findings);
    reader.read("max_entries", cache.max_entries, kEntries);
    reader.read("ttl", cache.ttl, kLifetime);
    reader.read("persistent", cache.persistent);
    reader.read("semantic", cache.semantic);
    reader.read("embedding_model", cache.embedding_model);
    reader.read("similarity", cache.similarity, kSimilarity);
    reader.warn_unknown();
}

}  // namespace

void read_enhancement(ObjectReader& section, Findings& findings, EnhancementConfig& enhancement) {
    enhancement.enabled = true;
    section.read("enabled", enhancement.enabled);
    if (const ordered_json* rule = section.section("default")) {
        ObjectReader reader(*rule, section.path_of("default"), findings, ObjectReader::Nulls::absent);
        read_rule(reader, enhancement.fallback);
    }
    read_clients(section, findings, enhancement);
    read_chain(section, findings, enhancement);
    section.read("max_body_bytes", enhancement.max_body_bytes, kBody);
    read_cache(section, findings, enhancement.cache);
    section.warn_unknown();
}

}  // namespace agenthub
