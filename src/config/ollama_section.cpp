// The section "ollama".
// Pure but for the Environment.

#include "config/ollama_section.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

#include "config/expand.hpp"
#include "config/listen_address.hpp"
#include "config/secret_names.hpp"
#include "config/server_env.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr DurationRange kConnectTimeout{100ms, 60s};
constexpr DurationRange kTimeout{100ms, 1h};
constexpr IntegerRange kCount{0, 1000000};
constexpr IntegerRange kBuffer{1024, 67108864};
constexpr IntegerRange kFailures{0, 1000};

result<std::string> key_of(const ordered_json& value, const std::string& path, const SecretBook& secrets,
                           Findings& findings) {
    if (value.is_object())
        return referred_secret(value, path, secrets, findings);
    if (!value.is_string())
        return Error(errc::invalid_config,
                     "found " + type_text(value) + R"(; allowed: a string, or {"source": "file", ...})");
    auto text = expand_variables(value.get_ref<const std::string&>(), secrets.environment());
    if (text)
        note_secret(*text, findings);
    return text;
}

// It stands in a header field.
bool fits_a_header(std::string_view key) {
    return key.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void read_api_key(ObjectReader& reader, const SecretBook& secrets, Findings& findings, OllamaConfig& ollama) {
    const ordered_json* value = reader.find("api_key");
    if (value == nullptr)
        return;
    auto key = key_of(*value, reader.path_of("api_key"), secrets, findings);
    if (key && !fits_a_header(*key))
        key = Error(errc::invalid_config, "holds a line end; allowed: one line");
    if (key) {
        ollama.api_key = std::move(*key);
        return;
    }
    if (ollama.enabled)
        ollama.disabled_reason = "ollama.api_key cannot be used: " + key.error().message;
    ollama.enabled = false;
    reader.warn("api_key", key.error().message + "; until then Ollama is switched off");
}

void read_url(ObjectReader& reader, Findings& findings, OllamaConfig& ollama) {
    std::string url;
    reader.read("url", url);
    if (url.empty())
        return;
    note_variable("url", url, findings);
    if (auto base = base_url_of(url))
        ollama.url = std::move(*base);
    else  // not shown: it may hold a password
        reader.fault("url",
                     R"(found something else than a plain address; allowed: "http://host:port" or "https://host", )"
                     R"(without user, path or query; a key goes into "api_key")");
}

}  // namespace

std::optional<std::string> base_url_of(std::string_view text) {
    std::string_view rest = text;
    if (rest.ends_with('/'))
        rest.remove_suffix(1);
    std::string out(rest);
    if (rest.starts_with("http://"))
        rest.remove_prefix(7);
    else if (rest.starts_with("https://"))
        rest.remove_prefix(8);
    else
        return std::nullopt;
    if (!parse_host_port(rest))
        return std::nullopt;
    return out;
}

void read_ollama(ObjectReader& root, const SecretBook& secrets, Findings& findings, OllamaConfig& ollama) {
    const ordered_json* section = root.section("ollama");
    if (section == nullptr)
        return;
    ObjectReader reader(*section, root.path_of("ollama"), findings, ObjectReader::Nulls::absent);
    reader.read("enabled", ollama.enabled);
    read_url(reader, findings, ollama);
    reader.read("ca_file", ollama.ca_file);
    if (!ollama.ca_file.empty() && !ollama.ca_file.starts_with('/'))
        reader.fault("ca_file", "found " + in_quotes(ollama.ca_file) + "; allowed: an absolute path");
    read_api_key(reader, secrets, findings, ollama);
    std::string api = ollama.api == OllamaApi::native ? "native" : "openai";
    reader.read_choice("api", api, {"native", "openai"});
    ollama.api = api == "openai" ? OllamaApi::openai : OllamaApi::native;
    reader.read("model", ollama.model);
    reader.read("connect_timeout", ollama.connect_timeout, kConnectTimeout);
    reader.read("timeout", ollama.timeout, kTimeout);
    reader.read("stream_timeout", ollama.stream_timeout, kTimeout);
    reader.read("max_concurrency", ollama.max_concurrency, kCount);
    reader.read("queue", ollama.queue, kCount);
    reader.read("queue_timeout", ollama.queue_timeout, kTimeout);
    reader.read("stream_buffer_bytes", ollama.stream_buffer_bytes, kBuffer);
    reader.read("breaker_threshold", ollama.breaker_threshold, kFailures);
    reader.read("breaker_recovery", ollama.breaker_recovery, kTimeout);
    reader.warn_unknown();
}

}  // namespace agenthub
