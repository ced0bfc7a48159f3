// The sections of the configuration file other than the servers.
// Pure functions; each borrows the root's reader.

#include "config/sections.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr std::int64_t kKiB = 1024;
constexpr std::int64_t kMiB = 1024 * kKiB;
constexpr std::int64_t kGiB = 1024 * kMiB;
constexpr IntegerRange kBuffer{kKiB, kGiB};
constexpr IntegerRange kTable{1, 1000000};
constexpr DurationRange kTimeout{100ms, 1h};

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

// "scheme://host[:port]" as a browser sends it (RFC 6454 section 6.2).
bool is_origin(std::string_view text) {
    constexpr std::string_view kSchemeChars = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
    const std::size_t mark = text.find("://");
    if (mark == std::string_view::npos || mark == 0)
        return false;
    return text.substr(0, mark).find_first_not_of(kSchemeChars) == std::string_view::npos &&
           parse_host_port(text.substr(mark + 3)).has_value();
}

bool is_host(std::string_view text) {
    return parse_host_port(text).has_value();
}

std::vector<std::string> checked(const std::vector<std::string>& texts, const std::string& path, Findings& findings,
                                 bool (*valid)(std::string_view), std::string_view allowed) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        out.push_back(lower_case(texts[i]));
        if (!valid(out.back()))
            findings.faults.push_back(
                {element_path(path, i), "found " + in_quotes(texts[i]) + "; allowed: " + std::string(allowed)});
    }
    return out;
}

void add_address(const ordered_json& value, const std::string& path, Findings& findings,
                 std::vector<ListenAddress>& out) {
    const auto text = string_at(value, path, findings.faults);
    if (!text)
        return;
    auto address = parse_listen_address(*text);
    if (address.has_error())
        findings.faults.push_back({path, address.error().message});
    else if (std::find(out.begin(), out.end(), *address) != out.end())
        findings.faults.push_back({path, "found " + in_quotes(*text) + " a second time; allowed: each address once"});
    else
        out.push_back(std::move(*address));
}

ListenAddress default_listen(const Environment& environment, Findings& findings) {
    ListenAddress address;
    if (const auto host = environment.non_empty("HOST")) {
        const bool v6 = host->find(':') != std::string::npos && !host->starts_with('[');
        const auto parts = parse_host_port(v6 ? "[" + *host + "]" : *host);
        if (parts && !parts->port)
            address.host = parts->host;
        else
            findings.faults.push_back(
                {"$HOST", "found " + in_quotes(*host) + "; allowed: an IP address or a host name"});
    }
    if (const auto text = environment.non_empty("PORT")) {
        const auto port = parse_port(*text);
        if (port)
            address.port = *port;
        else
            findings.faults.push_back({"$PORT", "found " + in_quotes(*text) + "; allowed: a port from 0 to 65535"});
    }
    return address;
}

void warn_reachable(const std::vector<ListenAddress>& listen, Findings& findings) {
    for (const ListenAddress& address : listen)
        if (!address.is_local())
            findings.warnings.push_back({"listen", address.text() +
                                                       " can be reached from other machines: whoever reaches it can "
                                                       "use every server; 127.0.0.1 serves this machine only"});
}

}  // namespace

std::vector<ListenAddress> read_listen(ObjectReader& root, const Environment& environment, Findings& findings) {
    std::vector<ListenAddress> out;
    const ordered_json* value = root.find("listen");
    if (value == nullptr)
        out.push_back(default_listen(environment, findings));
    else if (!value->is_array())
        add_address(*value, root.path_of("listen"), findings, out);
    else if (value->empty())
        root.fault("listen", "found an empty list; allowed: at least one address");
    else
        for (std::size_t i = 0; i < value->size(); ++i)
            add_address((*value)[i], element_path(root.path_of("listen"), i), findings, out);
    warn_reachable(out, findings);
    return out;
}

void read_allowed(ObjectReader& root, Findings& findings, Config& config) {
    std::vector<std::string> origins;
    std::vector<std::string> hosts;
    root.read("allowed_origins", origins);
    root.read("allowed_hosts", hosts);
    config.allowed_origins = checked(origins, root.path_of("allowed_origins"), findings, is_origin,
                                     "an origin as \"https://host\" or \"http://host:port\", without a path");
    config.allowed_hosts =
        checked(hosts, root.path_of("allowed_hosts"), findings, is_host, "a host as \"name\" or \"name:port\"");
}

void read_state_dir(ObjectReader& root, Config& config) {
    root.read("state_dir", config.state_dir);
    if (!config.state_dir.empty() && !config.state_dir.starts_with('/'))
        root.fault("state_dir", "found " + in_quotes(config.state_dir) + "; allowed: an absolute path");
}

void read_cgroup(ObjectReader& root, Config& config) {
    root.read("cgroup", config.cgroup);
    if (config.cgroup != "auto" && config.cgroup != "off" && !config.cgroup.starts_with('/'))
        root.fault("cgroup", "found " + in_quotes(config.cgroup) + R"(; allowed: "auto", "off", or an absolute path)");
}

void read_limits(ObjectReader& root, Findings& findings, Limits& limits) {
    const ordered_json* section = root.section("limits");
    if (section == nullptr)
        return;
    ObjectReader reader(*section, root.path_of("limits"), findings);
    reader.read("body_bytes", limits.body_bytes, kBuffer);
    reader.read("line_bytes", limits.line_bytes, kBuffer);
    reader.read("header_bytes", limits.header_bytes, IntegerRange{kKiB, kMiB});
    reader.read("connections", limits.connections, kTable);
    reader.read("sessions", limits.sessions, kTable);
    reader.read("pending_per_server", limits.pending_per_server, kTable);
    reader.read("session_idle", limits.session_idle, DurationRange{1s, 8760h});
    reader.read("replay_bytes", limits.replay_bytes, IntegerRange{0, kGiB});
    reader.read("streams_per_session", limits.streams_per_session, IntegerRange{1, 1024});
    reader.read("poll_after", limits.poll_after, DurationRange{0s, 1h});
    reader.read("stream_queue_bytes", limits.stream_queue_bytes, kBuffer);
    reader.read("parked_calls", limits.parked_calls, kTable);
    reader.read("parked_time", limits.parked_time, kTimeout);
    reader.read("batch_calls", limits.batch_calls, IntegerRange{1, 100000});
    reader.read("batch_concurrency", limits.batch_concurrency, IntegerRange{1, 10000});
    reader.read("activity_streams", limits.activity_streams, IntegerRange{1, 10000});
    reader.read("hook_processes", limits.hook_processes, IntegerRange{1, 1024});
    reader.read("header_timeout", limits.header_timeout, kTimeout);
    reader.read("body_timeout", limits.body_timeout, kTimeout);
    reader.read("keep_alive", limits.keep_alive, kTimeout);
    reader.read("drain_timeout", limits.drain_timeout, DurationRange{0s, 1h});
    reader.warn_unknown();
}

void read_activity(ObjectReader& root, Findings& findings, ActivityConfig& activity) {
    const ordered_json* section = root.section("activity");
    if (section == nullptr)
        return;
    ObjectReader reader(*section, root.path_of("activity"), findings);
    std::int64_t batch_ms = activity.batch_ms.count();
    reader.read("queue", activity.queue, IntegerRange{1, 16 * kMiB});
    reader.read("batch_ms", batch_ms, IntegerRange{1, 60000});
    reader.read("retention_days", activity.retention_days, IntegerRange{1, 36500});
    reader.read("max_bytes", activity.max_bytes, IntegerRange{kMiB, 1024 * kGiB});
    std::string mode = "relaxed";
    reader.read_choice("mode", mode, {"relaxed", "strict", "off"});
    reader.warn_unknown();
    activity.batch_ms = Duration(batch_ms);
    activity.strict = mode == "strict";
    activity.off = mode == "off";
}

void read_audit(ObjectReader& root, Findings& findings, AuditConfig& audit) {
    const ordered_json* section = root.section("audit");
    if (section == nullptr)
        return;
    ObjectReader reader(*section, root.path_of("audit"), findings);
    // An action has two records, which need their places before it is done.
    reader.read("queue", audit.queue, IntegerRange{2, 1000000});
    reader.read("alerts", audit.alerts, IntegerRange{1, 100000});
    reader.warn_unknown();
}

void read_log(ObjectReader& root, Findings& findings, LogConfig& log) {
    const ordered_json* section = root.section("log");
    if (section == nullptr)
        return;
    ObjectReader reader(*section, root.path_of("log"), findings);
    reader.read_choice("level", log.level, {"trace", "debug", "info", "warn", "error", "off"});
    reader.read_choice("format", log.format, {"text", "json"});
    reader.warn_unknown();
}

}  // namespace agenthub
