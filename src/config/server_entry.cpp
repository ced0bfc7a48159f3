// One entry of "mcpServers" or "servers", in any of the spellings AI clients and AgentHub use.
// Pure but for what the Environment given to it does.

#include "config/server_entry.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include "config/expand.hpp"
#include "config/object_reader.hpp"
#include "config/secret_names.hpp"
#include "config/server_env.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr IntegerRange kRestarts{0, 1000};
constexpr IntegerRange kCalls{0, 1000000};
constexpr IntegerRange kInstances{0, 10000};
constexpr DurationRange kIdle{0s, 168h};
constexpr IntegerRange kFailures{0, 1000};
constexpr DurationRange kHealthInterval{0s, 24h};
constexpr DurationRange kCallTimeout{1ms, 168h};
constexpr DurationRange kMaxCallTime{0s, 168h};
constexpr DurationRange kStepTimeout{1ms, 1h};
constexpr IntegerRange kHealthFailures{1, 100};

void check_name(const std::string& name, const std::string& path, std::vector<Fault>& faults) {
    constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    if (name == kHubServerName)
        faults.push_back({path, "the name \"hub\" belongs to the server that is built in; choose another"});
    else if (name == kViewServerName)
        faults.push_back(
            {path, "the name \"view\" belongs to the endpoints of views (/mcp/view/NAME); choose another"});
    else if (name.empty() || name.size() > kMaxServerName || name.find_first_not_of(kAllowed) != std::string::npos ||
             name == "." || name == "..")
        faults.push_back({path, "found the server name " + in_quotes(name) + "; allowed: 1 to " +
                                    std::to_string(kMaxServerName) + " of A-Z a-z 0-9 _ . -, but not \".\" or \"..\""});
}

// The literal text when it cannot be expanded: the entry is disabled then, and only shown.
std::string expanded(const std::string& written, const std::string& path, const Environment& environment,
                     Findings& findings) {
    note_references(written, environment, findings);
    if (written.find("${input:") != std::string::npos)
        findings.warnings.push_back({path, "\"${input:...}\" is passed as it stands: AgentHub cannot ask for values"});
    auto text = expand_variables(written, environment);
    if (text.has_value())
        return std::move(*text);
    findings.faults.push_back({path, text.error().message});
    return written;
}

void read_process(ObjectReader& reader, const SecretBook& secrets, Findings& findings, ServerConfig& server) {
    const Environment& environment = secrets.environment();
    AsWritten written;
    reader.read("command", written.command);
    reader.read("args", written.args);
    reader.read("cwd", written.cwd);
    server.command = expanded(written.command, reader.path_of("command"), environment, findings);
    for (std::size_t i = 0; i < written.args.size(); ++i)
        server.args.push_back(
            expanded(written.args[i], element_path(reader.path_of("args"), i), environment, findings));
    const std::size_t faults_before = findings.faults.size();
    server.cwd = expanded(written.cwd, reader.path_of("cwd"), environment, findings);
    if (!written.cwd.empty() && !server.cwd.starts_with('/') && findings.faults.size() == faults_before)
        reader.fault("cwd", "found " + in_quotes(written.cwd) + "; allowed: an absolute path");
    if (const auto* env = reader.find("env"); env != nullptr && env->is_object())
        server.env = read_server_env(*env, reader.path_of("env"), secrets, findings);
    else if (env != nullptr)  // by its type: what stands there may be a secret
        reader.fault("env", "found " + type_text(*env) + "; allowed: an object");
    server.written = std::move(written);
}

// "type" is what AI clients write, "transport" what AgentHub does; a url alone means HTTP.
void read_transport(ObjectReader& reader, ServerConfig& server) {
    std::string type;
    std::string transport;
    const auto read = [&reader](std::string_view key, std::string& out) {
        reader.read_choice(key, out, {"stdio", "http", "streamable-http", "streamableHttp", "sse", "ws"});
        if (out.starts_with("streamable"))
            out = "http";
    };
    read("type", type);
    read("transport", transport);
    reader.read("url", server.url);
    if (!type.empty() && !transport.empty() && type != transport)
        reader.fault("transport",
                     "found " + in_quotes(transport) + "; \"type\" says " + in_quotes(type) + "; allowed: one of them");
    if (!type.empty() || !transport.empty())
        server.transport = type.empty() ? transport : type;
    else if (server.command.empty() && !server.url.empty())
        server.transport = "http";
}

void check_startable(const ServerConfig& server, const std::string& path, std::vector<Fault>& faults) {
    if (server.transport != "stdio")
        faults.push_back({path, "remote servers (transport " + in_quotes(server.transport) +
                                    ") are not served yet; only \"stdio\" servers run"});
    else if (server.command.empty())
        faults.push_back({child_path(path, "command"), "no command; allowed: the program to run, as \"npx\""});
}

void read_era(ObjectReader& reader, ServerConfig& server) {
    std::string era = "auto";
    reader.read_choice("era", era, {"auto", "legacy", "modern"});
    if (era == "legacy")
        server.era = EraChoice::legacy;
    else if (era == "modern")
        server.era = EraChoice::modern;
}

void read_isolation(ObjectReader& reader, ServerConfig& server) {
    std::string isolation = "shared";
    reader.read_choice("isolation", isolation, {"shared", "session", "caller", "auto"});
    if (isolation == "auto")
        server.isolation = Isolation::automatic;
    else if (isolation == "session")
        server.isolation = Isolation::session;
    else if (isolation == "caller")
        server.isolation = Isolation::caller;
    reader.read("max_instances", server.max_instances, kInstances);
    reader.read("warm", server.warm, kInstances);
    reader.read("idle_stop", server.idle_stop, kIdle);
    reader.read("session_grace", server.session_grace, kIdle);
    const auto useless = [&](const char* key, bool is_set) {
        if (is_set && server.isolation == Isolation::shared)
            reader.warn(key, "no effect: \"isolation\" is \"shared\", so there is one process");
    };
    useless("max_instances", server.max_instances != ServerConfig().max_instances);
    useless("warm", server.warm != 0);
    if (server.max_instances != 0 && server.warm > server.max_instances)
        reader.fault("warm", "found " + std::to_string(server.warm) + "; allowed: at most max_instances, which is " +
                                 std::to_string(server.max_instances));
}

void read_call_times(ObjectReader& reader, ServerConfig& server) {
    if (reader.find("proxy_timeout") != nullptr && reader.find("call_timeout") != nullptr)
        reader.warn("proxy_timeout", "ignored: \"call_timeout\" is set too, and is its newer name");
    else
        reader.read("proxy_timeout", server.call_timeout, kCallTimeout);
    reader.read("call_timeout", server.call_timeout, kCallTimeout);
    // Files from before this key may have a longer call_timeout than its default.
    server.max_call_time = std::max(server.max_call_time, server.call_timeout);
    reader.read("max_call_time", server.max_call_time, kMaxCallTime);
    if (server.max_call_time != Duration::zero() && server.max_call_time < server.call_timeout)
        reader.fault("max_call_time", "found " + duration_text(server.max_call_time) +
                                          "; allowed: 0, or at least the call_timeout of " +
                                          duration_text(server.call_timeout));
}

// Cheap calls that change nothing; a tool is what somebody chose knowingly.
void read_health_probe(ObjectReader& reader, Findings& findings, HealthProbe& probe) {
    const auto* value = reader.find("health_check");
    if (value == nullptr)
        return;
    if (!value->is_object())
        return reader.read_choice("health_check", probe.method,
                                  {"ping", "tools/list", "resources/list", "resources/templates/list", "prompts/list"});
    ObjectReader inner(*value, reader.path_of("health_check"), findings);
    inner.read_choice(
        "method", probe.method,
        {"ping", "tools/list", "resources/list", "resources/templates/list", "prompts/list", "tools/call"});
    const auto* params = inner.section("params");
    if (params != nullptr)
        probe.params = params->dump();
    if (probe.method == "tools/call" && (params == nullptr || !params->contains("name")))
        inner.fault("params", "no tool; allowed: an object as {\"name\": \"status\", \"arguments\": {}}");
    inner.warn_unknown();
}

void read_health_check(ObjectReader& reader, Findings& findings, ServerConfig& server) {
    reader.read("health_check_interval", server.health_check_interval, kHealthInterval);
    reader.read("health_check_timeout", server.health_check_timeout, kStepTimeout);
    reader.read("health_check_failures", server.health_check_failures, kHealthFailures);
    read_health_probe(reader, findings, server.health_check);
}

void read_policy(ObjectReader& reader, Findings& findings, ServerConfig& server) {
    reader.read("package", server.package);
    reader.read("description", server.description);
    reader.read("auto_start", server.auto_start);
    reader.read("restart_on_failure", server.restart_on_failure);
    reader.read("max_restarts", server.max_restarts, kRestarts);
    read_call_times(reader, server);
    reader.read("start_timeout", server.start_timeout, kStepTimeout);
    reader.read("stop_timeout", server.stop_timeout, kStepTimeout);
    read_isolation(reader, server);
    read_era(reader, server);
    reader.read("max_concurrency", server.max_concurrency, kCalls);
    reader.read("queue", server.queue, kCalls);
    reader.read("queue_timeout", server.queue_timeout, kStepTimeout);
    reader.read("breaker_threshold", server.breaker_threshold, kFailures);
    reader.read("breaker_recovery", server.breaker_recovery, kStepTimeout);
    server.limits = read_server_limits(reader, findings);
    // For remote servers, which are disabled as a whole.
    reader.ignore({"headers", "health_endpoint"});
}

std::string reason_of(const std::vector<Fault>& faults) {
    if (faults.empty())
        return {};
    const std::size_t others = faults.size() - 1;
    return faults.front().text() + (others == 0 ? "" : " (and " + std::to_string(others) + " more)");
}

}  // namespace

ServerConfig read_server_entry(const std::string& name, const ordered_json& entry, const std::string& path,
                               const SecretBook& secrets, Findings& all, const ServerConfig& defaults) {
    ServerConfig server = defaults;
    server.name = name;
    Findings findings;
    bool disabled = false;
    check_name(name, path, findings.faults);
    if (!entry.is_object()) {
        findings.faults.push_back({path, refusal(entry, "an object as {\"command\": \"npx\", \"args\": [...]}")});
    } else {
        ObjectReader reader(entry, path, findings, ObjectReader::Nulls::absent);
        reader.read("disabled", disabled);
        read_process(reader, secrets, findings, server);
        read_transport(reader, server);
        note_variable("url", server.url, findings);
        read_policy(reader, findings, server);
        read_health_check(reader, findings, server);
        reader.warn_unknown();
        // A fault in "command" itself is reported once, as what it is.
        if (findings.faults.empty())
            check_startable(server, path, findings.faults);
    }
    all.warnings.insert(all.warnings.end(), findings.warnings.begin(), findings.warnings.end());
    all.secrets.insert(all.secrets.end(), findings.secrets.begin(), findings.secrets.end());
    if (disabled) {
        // Switched off on purpose: what else is wrong with it concerns nobody now.
        server.disabled_reason = "switched off in the configuration (\"disabled\": true)";
        return server;
    }
    server.disabled_reason = reason_of(findings.faults);
    all.warnings.insert(all.warnings.end(), findings.faults.begin(), findings.faults.end());
    return server;
}

}  // namespace agenthub
