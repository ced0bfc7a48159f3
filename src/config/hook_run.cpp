// What a hook runs.
// Pure but for what the Environment of the secrets does.

#include "config/hook_run.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "config/object_reader.hpp"
#include "config/secret_names.hpp"
#include "config/server_env.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr IntegerRange kCalls{1, 1000000000};
constexpr IntegerRange kBurst{0, 1000000000};
constexpr IntegerRange kEntries{1, 1000000};
constexpr IntegerRange kBytes{1024, 1073741824};
constexpr DurationRange kPer{1ms, 24h};
constexpr DurationRange kLifetime{1ms, 8760h};
constexpr std::array<std::pair<std::string_view, RateKey>, 4> kRateKeys{{{"client_tool", RateKey::client_tool},
                                                                         {"client", RateKey::client},
                                                                         {"tool", RateKey::tool},
                                                                         {"all", RateKey::all}}};
// Those that the HTTP client, or the hook itself, writes.
constexpr std::array<std::string_view, 7> kOwnHeaders{
    "Host", "Connection", "Content-Length", "Transfer-Encoding", "Content-Type", "X-Request-ID", "X-AgentHub-Hook"};

void read_rate_limit(ObjectReader& reader, BuiltinOptions& options) {
    if (reader.find("calls") == nullptr)
        reader.fault("calls", "is missing; allowed: how many calls in the time of \"per\", 1 to 1000000000");
    reader.read("calls", options.calls, kCalls);
    reader.read("per", options.per, kPer);
    reader.read("burst", options.burst, kBurst);
    reader.read("max_entries", options.max_entries, kEntries);
    std::string by = "client_tool";
    reader.read_choice("by", by, {"client_tool", "client", "tool", "all"});
    for (const auto& [word, key] : kRateKeys)
        if (word == by)
            options.by = key;
}

void read_cache(ObjectReader& reader, BuiltinOptions& options) {
    reader.read("ttl", options.ttl, kLifetime);
    reader.read("max_bytes", options.max_bytes, kBytes);
    reader.read("max_entries", options.max_entries, kEntries);
    reader.read("every_tool", options.every_tool);
    reader.read("shared", options.shared);
}

void read_redact(ObjectReader& reader, BuiltinOptions& options) {
    reader.read("keys", options.keys);
    reader.read("words", options.words);
    reader.read("replacement", options.replacement);
    const auto is_empty = [](const std::string& pattern) { return pattern.empty(); };
    for (const auto& [key, patterns] : {std::pair{"keys", &options.keys}, std::pair{"words", &options.words}})
        if (std::any_of(patterns->begin(), patterns->end(), is_empty))
            reader.fault(key, R"(found an empty pattern; allowed: patterns as "password" or "sk-*")");
    if (options.keys.empty() && options.words.empty())
        reader.fault("keys", "and \"words\" are both empty; allowed: a pattern in one of them at least");
}

void read_normalize(ObjectReader& reader, BuiltinOptions& options) {
    reader.read("coerce", options.coerce);
    reader.read("defaults", options.defaults);
    reader.read("drop_unknown", options.drop_unknown);
}

void read_enhance(ObjectReader& reader, BuiltinOptions& options) {
    reader.read("argument", options.argument);
    reader.read("client", options.client);
}

void read_builtin(ObjectReader& reader, HookConfig& hook) {
    hook.kind = HookKind::builtin;
    reader.read_choice("builtin", hook.builtin, {"rate_limit", "enhance", "cache", "redact", "normalize"});
    if (hook.builtin == "rate_limit")
        read_rate_limit(reader, hook.options);
    else if (hook.builtin == "enhance")
        read_enhance(reader, hook.options);
    else if (hook.builtin == "cache")
        read_cache(reader, hook.options);
    else if (hook.builtin == "redact")
        read_redact(reader, hook.options);
    else if (hook.builtin == "normalize")
        read_normalize(reader, hook.options);
    if (hook.on != HookPoint::before && !hook.builtin.empty() && hook.builtin != "redact")
        reader.fault("builtin", in_quotes(hook.builtin) + R"( works on calls before they are made; allowed with it: )"
                                                          R"("on": "before")");
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs read_values(ObjectReader& reader, std::string_view key, const SecretBook& secrets, Findings& findings) {
    Pairs out;
    const ordered_json* object = reader.section(key);
    if (object == nullptr)
        return out;
    for (EnvVar& value : read_server_env(*object, reader.path_of(key), secrets, findings))
        out.emplace_back(std::move(value.name), std::move(value.value));
    return out;
}

void read_command(ObjectReader& reader, const SecretBook& secrets, Findings& findings, HookConfig& hook) {
    hook.kind = HookKind::command;
    reader.read("command", hook.command);
    if (hook.command.empty() || hook.command.front().empty())
        reader.fault("command", R"(names no program; allowed: program and arguments as ["check-call", "--strict"])");
    hook.env = read_values(reader, "env", secrets, findings);
}

bool is_token(std::string_view name) {
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~";
    return !name.empty() && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

// Whatever a header holds may be a credential, also behind the word that says of which kind it is.
void note_header(std::string_view name, std::string_view value, Findings& findings) {
    if (!names_secret(name) && !iequals(name, "Authorization") && !iequals(name, "Proxy-Authorization"))
        return;
    note_secret(value, findings);
    if (const auto blank = value.find(' '); blank != std::string_view::npos)
        note_secret(value.substr(blank + 1), findings);
}

void read_headers(ObjectReader& reader, const SecretBook& secrets, Findings& findings, HookConfig& hook) {
    hook.headers = read_values(reader, "headers", secrets, findings);
    for (const auto& [name, value] : hook.headers) {
        const auto is_own = [&field = name](std::string_view own) { return iequals(own, field); };
        if (!is_token(name) || std::any_of(kOwnHeaders.begin(), kOwnHeaders.end(), is_own))
            reader.fault("headers", "found the field " + in_quotes(name) +
                                        "; allowed: names of HTTP fields that AgentHub does not write itself");
        if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
            reader.fault("headers", "the value of " + in_quotes(name) + " has a line end; allowed: one line");
        note_header(name, value, findings);
    }
}

bool is_plain_url(std::string_view url) {
    const bool known = url.starts_with("http://") || url.starts_with("https://") || url.starts_with("unix:/");
    return known && url.find_first_of("@?# \t\r\n") == std::string_view::npos && !url.ends_with("://");
}

void read_http(ObjectReader& reader, const SecretBook& secrets, Findings& findings, HookConfig& hook) {
    hook.kind = HookKind::http;
    reader.read("http", hook.url);
    if (!is_plain_url(hook.url)) {
        note_variable("url", hook.url, findings);
        // Not shown: it may hold a password.
        reader.fault("http", R"(found something else than a plain address; allowed: "http://host:port/path", )"
                             R"("https://..." or "unix:/path", without user and query; keys go into "headers")");
    }
    read_headers(reader, secrets, findings, hook);
}

}  // namespace

void read_hook_run(const ordered_json& run, const std::string& path, const SecretBook& secrets, Findings& findings,
                   HookConfig& hook) {
    ObjectReader reader(run, path, findings);
    const int kinds = static_cast<int>(run.contains("builtin")) + static_cast<int>(run.contains("command")) +
                      static_cast<int>(run.contains("http"));
    if (kinds != 1) {
        findings.faults.push_back(
            {path, R"(has )" + std::to_string(kinds) + R"( of "builtin", "command" and "http"; allowed: one of them)"});
        return;
    }
    if (run.contains("builtin"))
        read_builtin(reader, hook);
    else if (run.contains("command"))
        read_command(reader, secrets, findings, hook);
    else
        read_http(reader, secrets, findings, hook);
    reader.warn_unknown();
}

}  // namespace agenthub
