// What of a server's entry may be seen.
// Pure functions.

#include "config/redacted.hpp"

#include <nlohmann/json.hpp>

namespace agenthub {
namespace {

constexpr const char* kHidden = "***";

// A whole number where it is one, as the configuration itself is written.
nlohmann::json seconds(Duration duration) {
    const auto ms = duration.count();
    if (ms % 1000 == 0)
        return ms / 1000;
    return static_cast<double>(ms) / 1000;
}

nlohmann::json number_or_null(const std::optional<std::uint64_t>& number) {
    return number ? nlohmann::json(*number) : nlohmann::json();
}

void add_server_limits(nlohmann::json& out, const ServerLimits& limits) {
    out["rlimits"]["nofile"] = number_or_null(limits.process.nofile);
    out["rlimits"]["core"] = number_or_null(limits.process.core);
    out["rlimits"]["as"] = number_or_null(limits.process.as);
    out["memory_max"] = number_or_null(limits.cgroup.memory_max);
    out["pids_max"] = number_or_null(limits.cgroup.pids_max);
    out["cpu_weight"] = number_or_null(limits.cgroup.cpu_weight);
}

nlohmann::json text_or_null(const std::string& text) {
    return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

}  // namespace

AsWritten shown(const ServerConfig& server) {
    return server.written.value_or(AsWritten{server.command, server.args, server.cwd});
}

std::string shown_url(const std::string& url) {
    std::string out = url.substr(0, url.find_first_of("?#"));
    if (out.size() != url.size())
        out += std::string("?") + kHidden;
    const std::size_t scheme = out.find("://");
    const std::size_t start = scheme == std::string::npos ? 0 : scheme + 3;
    const std::size_t at = out.substr(0, out.find('/', start)).rfind('@');
    if (at != std::string::npos && at >= start)
        out.replace(start, at - start, kHidden);
    return out;
}

nlohmann::json redacted_server_json(const ServerConfig& server) {
    const AsWritten written = shown(server);
    auto env = nlohmann::json::object();
    for (const EnvVar& variable : server.env)
        env[variable.name] = kHidden;
    auto out = nlohmann::json::object();
    out["package"] = server.package;
    out["transport"] = server.transport;
    out["command"] = text_or_null(written.command);
    out["args"] = written.args;
    out["env"] = std::move(env);
    out["cwd"] = text_or_null(written.cwd);
    out["url"] = text_or_null(shown_url(server.url));
    out["description"] = server.description;
    out["auto_start"] = server.auto_start;
    out["restart_on_failure"] = server.restart_on_failure;
    out["max_restarts"] = server.max_restarts;
    out["health_check_interval"] = seconds(server.health_check_interval);
    out["health_check_timeout"] = seconds(server.health_check_timeout);
    out["health_check_failures"] = server.health_check_failures;
    out["health_check"] = server.health_check.method;  // its parameters may hold a secret
    out["call_timeout"] = seconds(server.call_timeout);
    out["proxy_timeout"] = seconds(server.call_timeout);  // its older name, which existing clients read
    out["max_call_time"] = seconds(server.max_call_time);
    out["start_timeout"] = seconds(server.start_timeout);
    out["stop_timeout"] = seconds(server.stop_timeout);
    out["isolation"] = to_string(server.isolation);
    out["era"] = to_string(server.era);
    out["max_instances"] = server.max_instances;
    out["warm"] = server.warm;
    out["session_grace"] = seconds(server.session_grace);
    out["idle_stop"] = seconds(server.idle_stop);
    out["max_concurrency"] = server.max_concurrency;
    out["queue"] = server.queue;
    out["queue_timeout"] = seconds(server.queue_timeout);
    out["breaker_threshold"] = server.breaker_threshold;
    out["breaker_recovery"] = seconds(server.breaker_recovery);
    add_server_limits(out, server.limits);
    out["disabled_reason"] = text_or_null(server.disabled_reason);
    return out;
}

}  // namespace agenthub
