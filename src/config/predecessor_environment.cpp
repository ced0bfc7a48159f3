// The environment variables of AgentHub's predecessors.
// Pure but for the Environment.

#include "config/predecessor_environment.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <initializer_list>
#include <type_traits>
#include <utility>

#include "base/text.hpp"
#include "config/listen_address.hpp"
#include "config/object_reader.hpp"
#include "config/ollama_section.hpp"
#include "config/secret_names.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr std::uint16_t kOllamaPort = 11434;
constexpr std::uint16_t kLlmPort = 1234;
constexpr Duration kLlmTimeout = 120s;

// The first of the variables that is set.
struct Setting {
    std::string name;  // "$LLM_HOST"; empty: none is set
    std::string value;
    explicit operator bool() const noexcept { return !name.empty(); }
};

Setting setting(const Environment& environment, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
        if (auto value = environment.non_empty(name))
            return {"$" + std::string(name), std::move(*value)};
    return {};
}

// Reads one variable as ObjectReader reads one member: with the same words for what is wrong.
template <class... Read>
void read_setting(const Setting& setting, Findings& findings, Read&&... read) {
    if (!setting)
        return;
    // Numbers and words of truth are what they would be in a file; anything else is text.
    std::string lower = setting.value;
    for (char& c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    auto value = ordered_json::parse(lower, nullptr, false);
    if (!value.is_number() && !value.is_boolean())
        value = setting.value;
    if ((std::is_same_v<std::remove_cvref_t<Read>, bool> || ...)) {
        if (lower == "1" || lower == "yes" || lower == "on")
            value = true;
        else if (lower == "0" || lower == "no" || lower == "off")
            value = false;
    }
    const ordered_json object = {{setting.name, value}};
    ObjectReader reader(object, "", findings);
    reader.read(setting.name, std::forward<Read>(read)...);
}

Setting port_setting(const Environment& environment) {
    return setting(environment, {"LLM_PORT", "OLLAMA_PORT"});
}

// "host", "host:port", "http://host:port": as Ollama itself takes it. An address to listen on is one to connect to on
// this machine.
std::optional<std::string> url_of(std::string text, std::optional<std::uint16_t> port, std::uint16_t default_port) {
    std::string scheme = "http://";
    if (const auto mark = text.find("://"); mark != std::string::npos) {
        scheme = text.substr(0, mark + 3);
        text.erase(0, mark + 3);
        default_port = scheme == "https://" ? 443 : default_port;
    }
    if (text.ends_with('/'))
        text.pop_back();
    if (text.find(':') != text.rfind(':') && !text.starts_with('['))
        text = "[" + text + "]";
    const auto parts = parse_host_port(text);
    if (!parts)
        return std::nullopt;
    std::string host = parts->host == "0.0.0.0" || parts->host == "::" ? "127.0.0.1" : parts->host;
    if (host.find(':') != std::string::npos && !host.starts_with('['))
        host = "[" + host + "]";
    const std::uint16_t number = parts->port ? *parts->port : port.value_or(default_port);
    return base_url_of(scheme + host + ":" + std::to_string(number));
}

void apply_address(const Environment& environment, Findings& findings, OllamaConfig& ollama) {
    const Setting host = setting(environment, {"LLM_HOST", "OLLAMA_HOST"});
    const Setting port = port_setting(environment);
    if (!host && !port)
        return;
    std::optional<std::uint16_t> number;
    if (port && !(number = parse_port(port.value)))
        findings.faults.push_back({port.name, "found " + in_quotes(port.value) + "; allowed: a port from 1 to 65535"});
    const bool successor = host.name == "$LLM_HOST" || port.name == "$LLM_PORT";
    auto url = url_of(host ? host.value : "127.0.0.1", number, successor ? kLlmPort : kOllamaPort);
    if (url)
        ollama.url = std::move(*url);
    else  // not shown: it may be a URL with a password
        findings.faults.push_back(
            {host.name, R"(found something else than an address; allowed: "host", "host:port" or "http://host:port")"});
}

}  // namespace

void apply_model_variables(const Environment& environment, Findings& findings, OllamaConfig& ollama) {
    // Who uses the successor's names has its defaults: LM Studio, which speaks OpenAI's API.
    if (setting(environment, {"LLM_HOST", "LLM_PORT"})) {
        ollama.api = OllamaApi::openai;
        ollama.timeout = kLlmTimeout;
    }
    apply_address(environment, findings, ollama);
    read_setting(setting(environment, {"LLM_TIMEOUT", "OLLAMA_TIMEOUT"}), findings, ollama.timeout,
                 DurationRange{100ms, 1h});
    if (const Setting model = setting(environment, {"LLM_MODEL", "OLLAMA_MODEL"}))
        ollama.model = model.value;
    if (const Setting mode = setting(environment, {"OLLAMA_API_MODE"})) {
        if (iequals(mode.value, "native") || iequals(mode.value, "openai"))
            ollama.api = iequals(mode.value, "native") ? OllamaApi::native : OllamaApi::openai;
        else
            findings.faults.push_back(
                {mode.name, "found " + in_quotes(mode.value) + R"(; allowed: "native", "openai")"});
    }
    if (const Setting key = setting(environment, {"LLM_API_KEY", "LM_API_TOKEN"})) {
        note_secret(key.value, findings);
        ollama.api_key = key.value;
    }
}

void apply_breaker_variables(const Environment& environment, Findings& findings, OllamaConfig& ollama,
                             ServerConfig& defaults) {
    read_setting(setting(environment, {"CB_FAILURE_THRESHOLD"}), findings, ollama.breaker_threshold,
                 IntegerRange{0, 1000});
    read_setting(setting(environment, {"CB_RECOVERY_TIMEOUT"}), findings, ollama.breaker_recovery,
                 DurationRange{1ms, 1h});
    defaults.breaker_threshold = ollama.breaker_threshold;
    defaults.breaker_recovery = ollama.breaker_recovery;
}

void apply_cache_variables(const Environment& environment, Findings& findings, EnhancementConfig& enhancement) {
    read_setting(setting(environment, {"CACHE_MAX_SIZE"}), findings, enhancement.cache.max_entries,
                 IntegerRange{0, 1000000});
    read_setting(setting(environment, {"CACHE_SIMILARITY_THRESHOLD"}), findings, enhancement.cache.similarity,
                 NumberRange{0, 1});
    read_setting(setting(environment, {"CACHE_PERSISTENT"}), findings, enhancement.cache.persistent);
    read_setting(setting(environment, {"MAX_ENHANCEMENT_BODY_SIZE"}), findings, enhancement.max_body_bytes,
                 IntegerRange{1024, 1073741824});
}

void apply_log_variable(const Environment& environment, Findings& findings, LogConfig& log) {
    const Setting level = setting(environment, {"LOG_LEVEL"});
    if (!level)
        return;
    constexpr std::pair<std::string_view, std::string_view> kLevels[] = {
        {"trace", "trace"},  {"debug", "debug"}, {"info", "info"},      {"warn", "warn"},
        {"warning", "warn"}, {"error", "error"}, {"critical", "error"}, {"off", "off"}};
    for (const auto& [word, meaning] : kLevels) {
        if (iequals(level.value, word)) {
            log.level = meaning;
            return;
        }
    }
    findings.warnings.push_back(
        {level.name, "found " + in_quotes(level.value) +
                         R"(, ignored; allowed: "trace", "debug", "info", "warn", "error", "off")"});
}

}  // namespace agenthub
