// What a new configuration changes of the one in force.
// Pure functions.

#include "config/difference.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <tuple>
#include <utility>

namespace agenthub {
namespace {

const ServerConfig* find_server(const std::vector<ServerConfig>& servers, const std::string& name) {
    const auto found =
        std::find_if(servers.begin(), servers.end(), [&name](const auto& server) { return server.name == name; });
    return found == servers.end() ? nullptr : &*found;
}

void compare_servers(const Config& running, const Config& wanted, ConfigDifference& out) {
    for (const ServerConfig& server : wanted.servers) {
        const ServerConfig* present = find_server(running.servers, server.name);
        if (present == nullptr)
            out.added.push_back(server.name);
        else if (needs_new_process(*present, server))
            out.changed.push_back(server.name);
        else if (*present != server)
            out.updated.push_back(server.name);
    }
    for (const ServerConfig& server : running.servers)
        if (find_server(wanted.servers, server.name) == nullptr)
            out.removed.push_back(server.name);
}

// Lists the paths of what differs.
class Comparison {
public:
    explicit Comparison(std::vector<std::string>& paths) : paths_(paths) {}

    template <class T>
    void operator()(const char* path, const T& running, const T& wanted) {
        if (running != wanted)
            paths_.emplace_back(path);
    }

private:
    std::vector<std::string>& paths_;
};

void compare_limits(const Limits& running, const Limits& wanted, Comparison& compare) {
    compare("limits.body_bytes", running.body_bytes, wanted.body_bytes);
    compare("limits.line_bytes", running.line_bytes, wanted.line_bytes);
    compare("limits.header_bytes", running.header_bytes, wanted.header_bytes);
    compare("limits.connections", running.connections, wanted.connections);
    compare("limits.sessions", running.sessions, wanted.sessions);
    compare("limits.pending_per_server", running.pending_per_server, wanted.pending_per_server);
    compare("limits.session_idle", running.session_idle, wanted.session_idle);
    compare("limits.replay_bytes", running.replay_bytes, wanted.replay_bytes);
    compare("limits.streams_per_session", running.streams_per_session, wanted.streams_per_session);
    compare("limits.poll_after", running.poll_after, wanted.poll_after);
    compare("limits.stream_queue_bytes", running.stream_queue_bytes, wanted.stream_queue_bytes);
    compare("limits.parked_calls", running.parked_calls, wanted.parked_calls);
    compare("limits.parked_time", running.parked_time, wanted.parked_time);
    compare("limits.batch_calls", running.batch_calls, wanted.batch_calls);
    compare("limits.batch_concurrency", running.batch_concurrency, wanted.batch_concurrency);
    compare("limits.activity_streams", running.activity_streams, wanted.activity_streams);
    compare("limits.hook_processes", running.hook_processes, wanted.hook_processes);
    compare("limits.header_timeout", running.header_timeout, wanted.header_timeout);
    compare("limits.body_timeout", running.body_timeout, wanted.body_timeout);
    compare("limits.keep_alive", running.keep_alive, wanted.keep_alive);
    compare("limits.drain_timeout", running.drain_timeout, wanted.drain_timeout);
}

void compare_ollama(const OllamaConfig& running, const OllamaConfig& wanted, Comparison& compare) {
    compare("ollama.enabled", running.enabled, wanted.enabled);
    compare("ollama.url", running.url, wanted.url);
    compare("ollama.ca_file", running.ca_file, wanted.ca_file);
    compare("ollama.api_key", running.api_key, wanted.api_key);
    compare("ollama.api", running.api, wanted.api);
    compare("ollama.model", running.model, wanted.model);
    compare("ollama.connect_timeout", running.connect_timeout, wanted.connect_timeout);
    compare("ollama.timeout", running.timeout, wanted.timeout);
    compare("ollama.stream_timeout", running.stream_timeout, wanted.stream_timeout);
    compare("ollama.max_concurrency", running.max_concurrency, wanted.max_concurrency);
    compare("ollama.queue", running.queue, wanted.queue);
    compare("ollama.queue_timeout", running.queue_timeout, wanted.queue_timeout);
    compare("ollama.stream_buffer_bytes", running.stream_buffer_bytes, wanted.stream_buffer_bytes);
    compare("ollama.breaker_threshold", running.breaker_threshold, wanted.breaker_threshold);
    compare("ollama.breaker_recovery", running.breaker_recovery, wanted.breaker_recovery);
}

void compare_enhancement(const EnhancementConfig& running, const EnhancementConfig& wanted, Comparison& compare) {
    compare("enhancement.enabled", running.enabled, wanted.enabled);
    compare("enhancement.default", running.fallback, wanted.fallback);
    compare("enhancement.clients", running.clients, wanted.clients);
    compare("enhancement.fallback_chain", running.fallback_chain, wanted.fallback_chain);
    compare("enhancement.max_body_bytes", running.max_body_bytes, wanted.max_body_bytes);
    compare("enhancement.cache", running.cache, wanted.cache);
}

void compare_activity(const ActivityConfig& running, const ActivityConfig& wanted, Comparison& compare) {
    compare("activity.queue", running.queue, wanted.queue);
    compare("activity.batch_ms", running.batch_ms, wanted.batch_ms);
    compare("activity.retention_days", running.retention_days, wanted.retention_days);
    compare("activity.max_bytes", running.max_bytes, wanted.max_bytes);
    compare("activity.mode", std::tie(running.strict, running.off), std::tie(wanted.strict, wanted.off));
}

}  // namespace

bool ConfigDifference::empty() const noexcept {
    return *this == ConfigDifference();
}

ConfigDifference difference(const Config& running, const Config& wanted) {
    ConfigDifference out;
    compare_servers(running, wanted, out);
    Comparison applied(out.applied);
    applied("aggregate.enabled", running.aggregate.enabled, wanted.aggregate.enabled);
    applied("aggregate.prefix", running.aggregate.prefix, wanted.aggregate.prefix);
    applied("aggregate.page_size", running.aggregate.page_size, wanted.aggregate.page_size);
    applied("views", running.views, wanted.views);
    compare_ollama(running.ollama, wanted.ollama, applied);
    compare_enhancement(running.enhancement, wanted.enhancement, applied);
    applied("api_keys", running.api_keys, wanted.api_keys);
    applied("allowed_origins", running.allowed_origins, wanted.allowed_origins);
    applied("allowed_hosts", running.allowed_hosts, wanted.allowed_hosts);
    applied("rights", running.rights, wanted.rights);
    applied("hooks", running.hooks, wanted.hooks);
    applied("pipelines", running.pipelines.pipelines, wanted.pipelines.pipelines);
    applied("pipeline_roots", running.pipelines.roots, wanted.pipelines.roots);
    applied("pipeline_runs", running.pipelines.max_running, wanted.pipelines.max_running);
    applied("log.level", running.log.level, wanted.log.level);
    Comparison later(out.next_start);
    later("listen", running.listen, wanted.listen);
    later("state_dir", running.state_dir, wanted.state_dir);
    later("cgroup", running.cgroup, wanted.cgroup);
    later("watch", running.watch, wanted.watch);
    compare_limits(running.limits, wanted.limits, later);
    compare_activity(running.activity, wanted.activity, later);
    later("audit.queue", running.audit.queue, wanted.audit.queue);
    later("audit.alerts", running.audit.alerts, wanted.audit.alerts);
    later("log.format", running.log.format, wanted.log.format);
    return out;
}

namespace {

auto made_of(const ServerConfig& server) {
    return std::tie(server.command, server.args, server.env, server.cwd, server.transport, server.url);
}

// FNV-1a, 64 bits. Lengths are mixed in as well, so that no two lists run into the same text.
class Fingerprint {
public:
    void add(const std::string& text) {
        const std::string size = std::to_string(text.size()) + ":";
        for (const auto* part : {&size, &text})
            for (const char c : *part)
                value_ = (value_ ^ static_cast<unsigned char>(c)) * 1099511628211u;
    }
    void add(const std::vector<std::string>& texts) {
        add(std::to_string(texts.size()));
        for (const auto& text : texts)
            add(text);
    }
    void add(const std::vector<EnvVar>& variables) {
        add(std::to_string(variables.size()));
        for (const auto& variable : variables) {
            add(variable.name);
            add(variable.value);
        }
    }
    std::string text() const {
        std::array<char, 17> out{};
        std::snprintf(out.data(), out.size(), "%016llx", static_cast<unsigned long long>(value_));
        return out.data();
    }

private:
    std::uint64_t value_ = 14695981039346656037u;
};

}  // namespace

// Why an entry is disabled is only shown.
bool needs_new_process(const ServerConfig& running, const ServerConfig& wanted) {
    return made_of(running) != made_of(wanted) || running.limits != wanted.limits ||
           running.isolation != wanted.isolation || running.era != wanted.era ||
           running.disabled_reason.empty() != wanted.disabled_reason.empty();
}

std::string process_fingerprint(const ServerConfig& server) {
    Fingerprint out;
    std::apply([&out](const auto&... part) { (out.add(part), ...); }, made_of(server));
    return out.text();
}

Config in_force_after(const Config& running, Config wanted) {
    wanted.listen = running.listen;
    wanted.state_dir = running.state_dir;
    wanted.cgroup = running.cgroup;
    wanted.watch = running.watch;
    wanted.limits = running.limits;
    wanted.activity = running.activity;
    wanted.audit = running.audit;
    wanted.log.format = running.log.format;
    return wanted;
}

}  // namespace agenthub
