// Configuration text to typed configuration.
// Pure but for what the Environment given to it does.

#include "config/parse.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "config/aggregate_sections.hpp"
#include "config/api_keys.hpp"
#include "config/config_files.hpp"
#include "config/enhancement_section.hpp"
#include "config/json_text.hpp"
#include "config/object_reader.hpp"
#include "config/ollama_section.hpp"
#include "config/pipeline_section.hpp"
#include "config/policy_section.hpp"
#include "config/predecessor_environment.hpp"
#include "config/secret_names.hpp"
#include "config/sections.hpp"
#include "config/server_entry.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;

// "mcpServers" is what Claude and Cursor write, "servers" what VS Code and AgentHub do: the same thing.
constexpr std::array<std::string_view, 2> kServerKeys{"mcpServers", "servers"};

using Servers = std::vector<ServerConfig>;

bool has_server(const Servers& servers, const std::string& name) {
    return std::any_of(servers.begin(), servers.end(), [&name](const auto& server) { return server.name == name; });
}

// Of "_name": a comment, and perhaps meant as something else.
bool is_comment(const std::string& name, const ordered_json& entry, const std::string& path, Findings& findings) {
    if (!name.starts_with('_'))
        return false;
    if (entry.is_object())
        findings.warnings.push_back({path, "not a server: keys that start with \"_\" are comments"});
    return true;
}

void read_servers(ObjectReader& root, const ordered_json& tree, const SecretBook& secrets, const ServerConfig& defaults,
                  Findings& findings, Servers& servers) {
    for (const auto& [key, value] : tree.items()) {
        if (std::find(kServerKeys.begin(), kServerKeys.end(), key) == kServerKeys.end())
            continue;
        const ordered_json* section = root.section(key);
        if (section == nullptr)
            continue;
        for (const auto& [name, entry] : section->items()) {
            const std::string path = child_path(key, name);
            if (is_comment(name, entry, path, findings))
                continue;
            if (has_server(servers, name))
                findings.faults.push_back(
                    {path, "the server " + in_quotes(name) +
                               " stands in \"mcpServers\" and in \"servers\"; allowed: one of them"});
            else
                servers.push_back(read_server_entry(name, entry, path, secrets, findings, defaults));
        }
    }
    root.ignore({kServerKeys[0], kServerKeys[1]});
}

const ordered_json* entry_in(const ordered_json& tree, const std::string& name) {
    for (const std::string_view key : kServerKeys)
        if (const auto section = tree.find(key); section != tree.end() && section->is_object())
            if (const auto entry = section->find(name); entry != section->end())
                return &*entry;
    return nullptr;
}

void prefix_paths(std::vector<Fault>& faults, const std::string& file) {
    for (Fault& fault : faults)
        fault.path = fault.path.empty() ? file : file + ": " + fault.path;
}

void take_over(Findings inner, const std::string& file, Findings& findings) {
    if (!file.empty()) {
        prefix_paths(inner.faults, file);
        prefix_paths(inner.warnings, file);
    }
    findings.faults.insert(findings.faults.end(), inner.faults.begin(), inner.faults.end());
    findings.warnings.insert(findings.warnings.end(), inner.warnings.begin(), inner.warnings.end());
    findings.secrets.insert(findings.secrets.end(), inner.secrets.begin(), inner.secrets.end());
}

// The servers of $MCP_SERVERS_CONFIG behind those of the configuration file, which wins. It may be the same file.
void add_servers_file(const NamedTree& file, const ordered_json& own, const SecretBook& secrets,
                      const ServerConfig& defaults, Findings& findings, Servers& servers) {
    Findings inner;
    Servers more;
    ObjectReader root(file.tree, "", inner);
    read_servers(root, file.tree, secrets, defaults, inner, more);
    if (kind_of_file(file.tree) != FileKind::own)
        inner.faults.push_back({"", R"(is no file of servers; allowed: an object as {"servers": {...}})"});
    for (ServerConfig& server : more) {
        const ordered_json* present = entry_in(own, server.name);
        if (present == nullptr)
            servers.push_back(std::move(server));
        else if (*present != *entry_in(file.tree, server.name))
            inner.warnings.push_back(
                {child_path("servers", server.name), "ignored: the configuration file has a server of this name"});
    }
    take_over(std::move(inner), file.path, findings);
}

// What is wrong in a rules file costs what is wrong, and a warning.
void read_rules_file(const NamedTree& file, Findings& findings, EnhancementConfig& enhancement) {
    Findings inner;
    ObjectReader reader(file.tree, "", inner);
    read_enhancement(reader, inner, enhancement);
    for (Fault& fault : inner.faults)
        inner.warnings.push_back({std::move(fault.path), fault.message + "; left out"});
    inner.faults.clear();
    take_over(std::move(inner), file.path, findings);
}

void read_models(ObjectReader& root, const ConfigTrees& trees, const SecretBook& secrets, Findings& findings,
                 Config& config) {
    apply_cache_variables(secrets.environment(), findings, config.enhancement);
    for (const NamedTree& rules : trees.rules)
        read_rules_file(rules, findings, config.enhancement);
    if (const ordered_json* section = root.section("enhancement")) {
        ObjectReader reader(*section, root.path_of("enhancement"), findings);
        read_enhancement(reader, findings, config.enhancement);
    }
    read_ollama(root, secrets, findings, config.ollama);
    std::string keys_file;
    root.read("api_keys_file", keys_file);
    for (const NamedTree& keys : trees.keys)
        read_api_keys(keys.tree, keys.path, findings, config.api_keys);
}

// A name is everywhere, and whoever chose it for a password too has not kept it secret.
void keep_names_visible(const Config& config, std::vector<std::string>& secrets) {
    std::erase_if(secrets, [&config](const std::string& secret) {
        const auto same = [&secret](const auto& named) { return named.name == secret; };
        return std::any_of(config.servers.begin(), config.servers.end(), same) ||
               std::any_of(config.views.begin(), config.views.end(), same);
    });
    std::sort(secrets.begin(), secrets.end());
    secrets.erase(std::unique(secrets.begin(), secrets.end()), secrets.end());
}

void read_servers_of_all(ObjectReader& root, const ConfigTrees& trees, const SecretBook& secrets, Findings& findings,
                         Config& config) {
    apply_model_variables(secrets.environment(), findings, config.ollama);
    ServerConfig defaults;
    apply_breaker_variables(secrets.environment(), findings, config.ollama, defaults);
    read_servers(root, trees.own, secrets, defaults, findings, config.servers);
    if (trees.servers)
        add_servers_file(*trees.servers, trees.own, secrets, defaults, findings, config.servers);
}

void read_what_is_around_calls(ObjectReader& root, const SecretBook& secrets, Findings& findings, Config& config) {
    read_rights(root, findings, config.rights);
    read_hooks(root, secrets, findings, config.hooks);
    read_pipelines(root, secrets.environment(), findings, config.pipelines);
    read_activity(root, findings, config.activity);
    read_audit(root, findings, config.audit);
}

}  // namespace

ConfigResult parse_config(std::string_view text, const Environment& environment, const std::string& path) {
    Findings findings;
    auto tree = parse_json_text(text, findings);
    if (!tree)
        return ConfigFaults{{}, std::move(findings.faults)};
    if (!tree->is_object())
        return ConfigFaults{{}, {{"", refusal(*tree, "an object as {\"mcpServers\": {...}}")}}};

    const ConfigTrees trees = read_config_files(std::move(*tree), environment, findings);
    SecretBook secrets(environment);
    secrets.fetch({&trees.own, trees.servers ? &trees.servers->tree : &trees.own});
    Config config;
    config.source_path = path;
    config.credentials = secrets.asked_for();
    config.more_files = trees.more_files;
    config.servers_file = trees.servers ? trees.servers->path : trees.kind == FileKind::own ? path : std::string();
    ObjectReader root(trees.own, "", findings);
    config.listen = read_listen(root, environment, findings);
    read_state_dir(root, config);
    read_cgroup(root, config);
    read_servers_of_all(root, trees, secrets, findings, config);
    read_models(root, trees, secrets, findings, config);
    read_aggregate(root, findings, config.aggregate);
    read_views(root, findings, config);
    read_limits(root, findings, config.limits);
    read_allowed(root, findings, config);
    read_what_is_around_calls(root, secrets, findings, config);
    apply_log_variable(environment, findings, config.log);
    read_log(root, findings, config.log);
    root.read("watch", config.watch);
    root.warn_unknown();
    if (!findings.faults.empty())
        return ConfigFaults{{}, std::move(findings.faults)};
    if (environment.variables)
        for (const auto& [name, value] : environment.variables())
            note_variable(name, value, findings);
    keep_names_visible(config, findings.secrets);
    config.warnings = std::move(findings.warnings);
    config.secrets = std::move(findings.secrets);
    return config;
}

}  // namespace agenthub
