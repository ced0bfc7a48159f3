// The configuration for people (`agenthub check-config`), secrets hidden.
// Pure functions.

#include "config/describe.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/describe_models.hpp"
#include "config/describe_pipelines.hpp"
#include "config/describe_policy.hpp"
#include "config/redacted.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

// A word as it is, anything else in quotes; control characters never reach the terminal.
std::string argument(const std::string& text) {
    const bool plain = !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\\' || c == '\'' || c == 0x7F;
    });
    if (plain)
        return text;
    std::string out;
    append_json_string(out, text);
    return out;
}

void line(std::string& out, std::string_view key, std::string_view value) {
    out.append(key).append(": ").append(value) += '\n';
}

std::string yes_no(bool value) {
    return value ? "true" : "false";
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts)
        out += (out.empty() ? "" : ", ") + text;
    return out.empty() ? "none" : out;
}

std::string arguments(const std::vector<std::string>& texts) {
    std::vector<std::string> out;
    out.reserve(texts.size());
    for (const std::string& text : texts)
        out.push_back(argument(text));
    return joined(out);
}

std::string env_names(const ServerConfig& server) {
    std::vector<std::string> names;
    names.reserve(server.env.size());
    for (const EnvVar& variable : server.env)
        names.push_back(argument(variable.name));
    return joined(names) + (names.empty() ? "" : " (values hidden)");
}

std::string command_line(const AsWritten& written) {
    std::string out = argument(written.command);
    for (const std::string& arg : written.args)
        out += " " + argument(arg);
    return out;
}

std::string or_else(const std::optional<std::uint64_t>& value, const char* otherwise) {
    return value ? std::to_string(*value) : otherwise;
}

void describe_server_limits(std::string& out, const ServerLimits& limits) {
    std::vector<std::string> own;
    const auto add = [&own](const char* name, const std::optional<std::uint64_t>& value) {
        if (value)
            own.push_back(name + std::to_string(*value));
    };
    add("nofile ", limits.process.nofile);
    add("core ", limits.process.core);
    add("as ", limits.process.as);
    line(out, "    rlimits", own.empty() ? "those of AgentHub" : joined(own));
    line(out, "    memory_max", or_else(limits.cgroup.memory_max, "none"));
    line(out, "    pids_max", or_else(limits.cgroup.pids_max, "none"));
    line(out, "    cpu_weight", or_else(limits.cgroup.cpu_weight, "that of everybody"));
}

// Who shares its processes, and how many calls at a time.
void describe_sharing(std::string& out, const ServerConfig& server) {
    line(out, "    era", std::string(to_string(server.era)));
    line(out, "    isolation", std::string(to_string(server.isolation)));
    if (server.isolation != Isolation::shared) {
        line(out, "    max_instances", server.max_instances == 0 ? "any" : std::to_string(server.max_instances));
        line(out, "    warm", std::to_string(server.warm));
    }
    line(out, "    session_grace", duration_text(server.session_grace));
    line(out, "    idle_stop", server.idle_stop == Duration::zero() ? "never" : duration_text(server.idle_stop));
    line(out, "    max_concurrency", server.max_concurrency == 0 ? "any" : std::to_string(server.max_concurrency));
    line(out, "    queue", std::to_string(server.queue));
    line(out, "    queue_timeout", duration_text(server.queue_timeout));
    line(out, "    breaker_threshold",
         server.breaker_threshold == 0 ? "off" : std::to_string(server.breaker_threshold));
    line(out, "    breaker_recovery", duration_text(server.breaker_recovery));
}

void describe_server(std::string& out, const ServerConfig& server) {
    const AsWritten written = shown(server);
    out += "  " + argument(server.name) + (server.disabled_reason.empty() ? "\n" : " (disabled)\n");
    if (!server.disabled_reason.empty())
        line(out, "    disabled", server.disabled_reason);
    line(out, "    transport", server.transport);
    if (!server.url.empty())
        line(out, "    url", argument(shown_url(server.url)));
    if (!written.command.empty())
        line(out, "    command", command_line(written));
    if (!server.package.empty())
        line(out, "    package", argument(server.package));
    if (!server.description.empty())
        line(out, "    description", in_quotes(server.description));
    line(out, "    env", env_names(server));
    line(out, "    cwd", written.cwd.empty() ? "that of AgentHub" : argument(written.cwd));
    line(out, "    auto_start", yes_no(server.auto_start));
    line(out, "    restart_on_failure", yes_no(server.restart_on_failure));
    line(out, "    max_restarts", std::to_string(server.max_restarts));
    const bool probed = server.health_check_interval != Duration::zero();
    line(out, "    health_check_interval", probed ? duration_text(server.health_check_interval) : "off");
    line(out, "    health_check_timeout", duration_text(server.health_check_timeout));
    line(out, "    health_check_failures", std::to_string(server.health_check_failures));
    line(out, "    health_check", server.health_check.method);
    line(out, "    call_timeout", duration_text(server.call_timeout));
    const bool limited = server.max_call_time != Duration::zero();
    line(out, "    max_call_time", limited ? duration_text(server.max_call_time) : "any");
    line(out, "    start_timeout", duration_text(server.start_timeout));
    line(out, "    stop_timeout", duration_text(server.stop_timeout));
    describe_sharing(out, server);
    describe_server_limits(out, server.limits);
}

void describe_servers(std::string& out, const std::vector<ServerConfig>& servers) {
    const auto enabled = std::count_if(servers.begin(), servers.end(),
                                       [](const ServerConfig& server) { return server.disabled_reason.empty(); });
    line(out, "servers", std::to_string(servers.size()) + ", " + std::to_string(enabled) + " enabled");
    for (const ServerConfig& server : servers)
        describe_server(out, server);
}

void describe_aggregate(std::string& out, const Config& config) {
    out += "aggregate:\n";
    line(out, "  enabled", yes_no(config.aggregate.enabled));
    line(out, "  prefix", config.aggregate.prefix);
    line(out, "  page_size", std::to_string(config.aggregate.page_size));
    line(out, "views", std::to_string(config.views.size()));
    for (const ViewConfig& view : config.views) {
        out += "  " + argument(view.name) + "\n";
        line(out, "    servers", view.servers.empty() ? "all" : arguments(view.servers));
        line(out, "    tools", view.tools.empty() ? "all" : arguments(view.tools));
        for (const auto& [name, other] : view.rename)
            line(out, "    rename", argument(name) + " to " + argument(other));
        for (const auto& [name, text] : view.describe)
            line(out, "    describe", argument(name) + " as " + in_quotes(text));
    }
}

void describe_limits(std::string& out, const Limits& limits) {
    out += "limits:\n";
    line(out, "  body_bytes", std::to_string(limits.body_bytes));
    line(out, "  line_bytes", std::to_string(limits.line_bytes));
    line(out, "  header_bytes", std::to_string(limits.header_bytes));
    line(out, "  connections", std::to_string(limits.connections));
    line(out, "  sessions", std::to_string(limits.sessions));
    line(out, "  pending_per_server", std::to_string(limits.pending_per_server));
    line(out, "  session_idle", duration_text(limits.session_idle));
    line(out, "  replay_bytes", std::to_string(limits.replay_bytes));
    line(out, "  streams_per_session", std::to_string(limits.streams_per_session));
    line(out, "  poll_after", duration_text(limits.poll_after));
    line(out, "  batch_calls", std::to_string(limits.batch_calls));
    line(out, "  batch_concurrency", std::to_string(limits.batch_concurrency));
    line(out, "  activity_streams", std::to_string(limits.activity_streams));
    line(out, "  hook_processes", std::to_string(limits.hook_processes));
    line(out, "  stream_queue_bytes", std::to_string(limits.stream_queue_bytes));
    line(out, "  parked_calls", std::to_string(limits.parked_calls));
    line(out, "  parked_time", duration_text(limits.parked_time));
    line(out, "  header_timeout", duration_text(limits.header_timeout));
    line(out, "  body_timeout", duration_text(limits.body_timeout));
    line(out, "  keep_alive", duration_text(limits.keep_alive));
    line(out, "  drain_timeout", duration_text(limits.drain_timeout));
}

void describe_the_rest(std::string& out, const Config& config) {
    out += "activity:\n";
    line(out, "  queue", std::to_string(config.activity.queue));
    line(out, "  batch_ms", std::to_string(config.activity.batch_ms.count()));
    line(out, "  retention_days", std::to_string(config.activity.retention_days));
    line(out, "  max_bytes", std::to_string(config.activity.max_bytes));
    line(out, "  mode", config.activity.off ? "off" : config.activity.strict ? "strict" : "relaxed");
    out += "audit:\n";
    line(out, "  queue", std::to_string(config.audit.queue));
    line(out, "  alerts", std::to_string(config.audit.alerts));
    out += "log:\n";
    line(out, "  level", config.log.level);
    line(out, "  format", config.log.format);
    line(out, "watch", yes_no(config.watch));
}

}  // namespace

std::string describe_config(const Config& config) {
    std::string out;
    std::vector<std::string> listen;
    listen.reserve(config.listen.size());
    for (const ListenAddress& address : config.listen)
        listen.push_back(address.text());
    line(out, "configuration", config.source_path.empty() ? "no file, defaults" : config.source_path);
    if (!config.more_files.empty())
        line(out, "files beside it", arguments(config.more_files));
    line(out, "listen", joined(listen));
    line(out, "state_dir", config.state_dir.empty() ? "default for this user" : argument(config.state_dir));
    line(out, "cgroup", argument(config.cgroup));
    line(out, "allowed_origins", joined(config.allowed_origins));
    line(out, "allowed_hosts", joined(config.allowed_hosts));
    describe_servers(out, config.servers);
    describe_aggregate(out, config);
    describe_models(out, config);
    describe_policy(out, config);
    describe_pipelines(out, config.pipelines);
    describe_limits(out, config.limits);
    describe_the_rest(out, config);
    line(out, "warnings", std::to_string(config.warnings.size()));
    for (const Fault& warning : config.warnings)
        out += "  " + warning.text() + "\n";
    return out;
}

}  // namespace agenthub
