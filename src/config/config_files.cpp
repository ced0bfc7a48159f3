// Telling the kinds of files apart, and reading those that are named.
// Pure but for what the Environment given to it does.

#include "config/config_files.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "config/json_text.hpp"
#include "config/object_reader.hpp"
#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;

constexpr std::array kOwnKeys = {
    "mcpServers", "servers", "listen",        "state_dir",       "cgroup", "aggregate", "views",       "limits",
    "activity",   "log",     "allowed_hosts", "allowed_origins", "watch",  "ollama",    "enhancement", "api_keys_file"};
constexpr std::array kRulesKeys = {"default", "clients", "fallback_chain"};

// Of a file whose keys are tokens: one that lacks "keys" may have them at its top.
std::string hidden_path(const std::string& path) {
    return path.empty() || path.starts_with("keys") ? path : "[…]";
}

enum class Keys { shown, secret };

// An object that one of the variables or the configuration file names. nullopt with a fault; without one when there is
// no such file.
std::optional<ordered_json> read_tree(const std::string& path, const Environment& environment, Findings& findings,
                                      Keys keys = Keys::shown) {
    const auto text = environment.read_file(path, kMaxConfigBytes);
    if (text.has_error()) {
        findings.faults.push_back({path, text.error().message});
        return std::nullopt;
    }
    if (!text->has_value())
        return std::nullopt;
    Findings inner;
    auto tree = parse_json_text(**text, inner);
    if (tree && !tree->is_object())
        inner.faults.push_back({"", refusal(*tree, "an object")});
    for (auto* list : {&inner.faults, &inner.warnings})
        for (Fault& fault : *list) {
            if (keys == Keys::secret)
                fault.path = hidden_path(fault.path);
            fault = {path, fault.text()};
        }
    findings.faults.insert(findings.faults.end(), inner.faults.begin(), inner.faults.end());
    findings.warnings.insert(findings.warnings.end(), inner.warnings.begin(), inner.warnings.end());
    if (!inner.faults.empty())
        return std::nullopt;
    return tree;
}

// A misplaced rules file costs better prompts, and nothing else.
void read_rules(const std::string& path, const Environment& environment, Findings& findings, ConfigTrees& out) {
    Findings inner;
    auto tree = read_tree(path, environment, inner);
    if (!tree && inner.faults.empty())
        inner.faults.push_back({path, "does not exist"});
    for (const Fault& fault : inner.faults)
        findings.warnings.push_back({fault.path, fault.message + "; the built-in rules hold"});
    findings.warnings.insert(findings.warnings.end(), inner.warnings.begin(), inner.warnings.end());
    out.more_files.push_back(path);
    out.rules.push_back({path, tree ? std::move(*tree) : ordered_json::object()});
}

// Without its keys /v1 would be open to everybody.
void read_keys(const std::string& path, const std::string& named_by, const Environment& environment, Findings& findings,
               ConfigTrees& out) {
    const std::size_t before = findings.faults.size();
    auto tree = read_tree(path, environment, findings, Keys::secret);
    if (tree)
        out.keys.push_back({path, std::move(*tree)});
    else if (findings.faults.size() == before)
        findings.faults.push_back({path, "does not exist; it is named by " + named_by});
    out.more_files.push_back(path);
}

}  // namespace

FileKind kind_of_file(const ordered_json& tree) {
    const auto has = [&tree](const char* key) { return tree.contains(key); };
    if (std::any_of(kOwnKeys.begin(), kOwnKeys.end(), has))
        return FileKind::own;
    if (tree.contains("keys"))
        return FileKind::keys;
    return std::any_of(kRulesKeys.begin(), kRulesKeys.end(), has) ? FileKind::rules : FileKind::own;
}

ConfigTrees read_config_files(ordered_json main, const Environment& environment, Findings& findings) {
    ConfigTrees out;
    out.kind = kind_of_file(main);
    if (const auto path = environment.non_empty("MCP_SERVERS_CONFIG")) {
        auto tree = read_tree(*path, environment, findings);
        out.servers = NamedTree{*path, tree ? std::move(*tree) : ordered_json::object()};
        out.more_files.push_back(*path);
    }
    if (const auto path = environment.non_empty("ENHANCEMENT_RULES_CONFIG"))
        read_rules(*path, environment, findings, out);
    const auto own_keys = main.find("api_keys_file");
    if (own_keys != main.end() && own_keys->is_string() && !own_keys->get_ref<const std::string&>().empty())
        read_keys(own_keys->get<std::string>(), "\"api_keys_file\"", environment, findings, out);
    if (const auto path = environment.non_empty("API_KEYS_CONFIG"))
        read_keys(*path, "$API_KEYS_CONFIG", environment, findings, out);
    if (out.kind == FileKind::own)
        out.own = std::move(main);
    else if (out.kind == FileKind::rules)
        out.rules.push_back({"", std::move(main)});
    else
        out.keys.insert(out.keys.begin(), NamedTree{"", std::move(main)});
    return out;
}

}  // namespace agenthub
