// Configuration text to typed configuration.
// Pure but for what the Environment given to it does.

#include "config/parse.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "config/aggregate_sections.hpp"
#include "config/json_text.hpp"
#include "config/object_reader.hpp"
#include "config/sections.hpp"
#include "config/server_entry.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;

// "mcpServers" is what Claude and Cursor write, "servers" what VS Code and AgentHub do: the same thing.
constexpr std::array<std::string_view, 2> kServerKeys{"mcpServers", "servers"};

void add_server(const std::string& name, const ordered_json& entry, const std::string& path,
                const Environment& environment, Findings& findings, std::vector<ServerConfig>& servers) {
    if (name.starts_with('_')) {
        if (entry.is_object())
            findings.warnings.push_back({path, "not a server: keys that start with \"_\" are comments"});
        return;
    }
    const auto same = [&name](const ServerConfig& server) { return server.name == name; };
    if (std::any_of(servers.begin(), servers.end(), same))
        findings.faults.push_back({path, "the server " + in_quotes(name) +
                                             " stands in \"mcpServers\" and in \"servers\"; allowed: one of them"});
    else
        servers.push_back(read_server_entry(name, entry, path, environment, findings.warnings));
}

std::vector<ServerConfig> read_servers(ObjectReader& root, const ordered_json& tree, const Environment& environment,
                                       Findings& findings) {
    std::vector<ServerConfig> servers;
    for (const auto& [key, value] : tree.items()) {
        if (std::find(kServerKeys.begin(), kServerKeys.end(), key) == kServerKeys.end())
            continue;
        if (const ordered_json* section = root.section(key))
            for (const auto& [name, entry] : section->items())
                add_server(name, entry, child_path(key, name), environment, findings, servers);
    }
    root.ignore({kServerKeys[0], kServerKeys[1]});
    return servers;
}

}  // namespace

ConfigResult parse_config(std::string_view text, const Environment& environment) {
    Findings findings;
    const auto tree = parse_json_text(text, findings);
    if (!tree)
        return ConfigFaults{{}, std::move(findings.faults)};
    if (!tree->is_object())
        return ConfigFaults{{}, {{"", refusal(*tree, "an object as {\"mcpServers\": {...}}")}}};

    Config config;
    ObjectReader root(*tree, "", findings);
    config.listen = read_listen(root, environment, findings);
    read_state_dir(root, config);
    read_cgroup(root, config);
    config.servers = read_servers(root, *tree, environment, findings);
    read_aggregate(root, findings, config.aggregate);
    read_views(root, findings, config);
    read_limits(root, findings, config.limits);
    read_allowed(root, findings, config);
    read_activity(root, findings, config.activity);
    read_log(root, findings, config.log);
    root.read("watch", config.watch);
    root.warn_unknown();
    if (!findings.faults.empty())
        return ConfigFaults{{}, std::move(findings.faults)};
    config.warnings = std::move(findings.warnings);
    return config;
}

}  // namespace agenthub
