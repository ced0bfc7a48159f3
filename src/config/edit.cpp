// Adding a server to a configuration's text and taking one out.
// Pure functions.

#include "config/edit.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "config/json_splice.hpp"
#include "config/json_text.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;

// In the order in which a new server looks for its place.
constexpr std::array kSections = {"mcpServers", "servers"};
constexpr std::array<std::string_view, 3> kArchives = {".tgz", ".tar.gz", ".tar"};
constexpr std::size_t kMaxPackage = 214 + 64;  // npm's limit of a name, and a version

result<ordered_json> tree_of(std::string_view text) {
    Findings findings;
    auto tree = parse_json_text(text, findings);
    if (!tree || !tree->is_object())
        return Error(errc::invalid_config,
                     "the configuration file is not a JSON object; `agenthub check-config` says where");
    return std::move(*tree);
}

const ordered_json* section_of(const ordered_json& tree, const char* name) {
    const auto found = tree.find(name);
    return found != tree.end() && found->is_object() ? &*found : nullptr;
}

// The name of the section that has this server; empty: none.
std::string section_of_server(const ordered_json& tree, const std::string& server) {
    for (const char* name : kSections)
        if (const ordered_json* section = section_of(tree, name); section != nullptr && section->contains(server))
            return name;
    return {};
}

// The name of the section for a server; the first, when there is none yet.
std::string section_for_new(const ordered_json& tree) {
    for (const char* name : kSections)
        if (section_of(tree, name) != nullptr)
            return name;
    return kSections.front();
}

// In the form that AgentHub's predecessor reads and writes, where the file has its section.
ordered_json entry_of(const NewServer& server, bool in_servers) {
    ordered_json entry;
    if (in_servers) {
        entry["package"] = server.package;
        entry["transport"] = "stdio";
    }
    entry["command"] = "npx";
    entry["args"] = {"-y", server.package};
    if (in_servers)
        entry["env"] = ordered_json::object();
    else
        entry["package"] = server.package;
    entry["auto_start"] = server.auto_start;
    if (in_servers) {
        entry["restart_on_failure"] = true;
        entry["max_restarts"] = 3;
        entry["health_check_interval"] = 30;
    }
    entry["description"] = server.description;
    return entry;
}

// The spliced text, if it says what `tree` does; else, of an unusual text, the tree itself: right before pretty. So is
// one that stands on a single line, and is nobody's handwriting.
std::string text_of(std::string_view before, std::string spliced, const ordered_json& tree) {
    Findings findings;
    if (before.find('\n') == std::string_view::npos && ordered_json::accept(before))
        return tree.dump(2) + "\n";
    const auto read = parse_json_text(spliced, findings);
    return read && *read == tree ? spliced : tree.dump(2) + "\n";
}

std::string spliced_with(std::string_view text, const std::string& section, const std::string& name,
                         const ordered_json& entry) {
    const auto root = object_at(text, 0);
    if (!root)
        return {};
    const auto* const member = root->find(section);
    if (member == nullptr) {
        ordered_json servers;
        servers[name] = entry;
        return with_member(text, *root, section, servers.dump(2));
    }
    const auto servers = object_at(text, member->value_begin);
    return servers ? with_member(text, *servers, name, entry.dump(2)) : std::string();
}

}  // namespace

std::string server_name_of(std::string_view package) {
    std::string name(package.substr(package.rfind('/') + 1));
    // A version stands behind "@"; in front of it, it is the mark of a scope.
    if (const auto version = name.find('@', 1); version != std::string::npos)
        name.resize(version);
    std::erase(name, '@');
    constexpr std::string_view kSuffix = "-mcp";
    for (auto at = name.find(kSuffix); at != std::string::npos; at = name.find(kSuffix))
        name.erase(at, kSuffix.size());
    return name;
}

// Else npm takes it for owner/repository at GitHub, or for a file.
static bool has_registry_form(std::string_view package) noexcept {
    const bool scoped = package.starts_with('@');
    const auto slash = package.find('/');
    if (scoped ? slash == std::string_view::npos || slash == 1 : slash != std::string_view::npos)
        return false;
    const std::string_view name = scoped ? package.substr(slash + 1) : package;
    const auto is_archive = [name](std::string_view suffix) { return name.ends_with(suffix); };
    return !name.empty() && !name.starts_with('@') && name.find('/') == std::string_view::npos &&
           std::none_of(kArchives.begin(), kArchives.end(), is_archive);
}

bool is_registry_package(std::string_view package) noexcept {
    constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@/._~^+-";
    constexpr std::string_view kNotFirst = "-./~^+";
    return !package.empty() && package.size() <= kMaxPackage &&
           package.find_first_not_of(kAllowed) == std::string_view::npos &&
           kNotFirst.find(package.front()) == std::string_view::npos && has_registry_form(package);
}

result<std::string> with_server(std::string_view text, const NewServer& server) {
    auto tree = tree_of(text);
    if (!tree)
        return tree.error();
    if (!section_of_server(*tree, server.name).empty())
        return Error(errc::invalid_request, "Server " + server.name + " already exists");
    const std::string section = section_for_new(*tree);
    const ordered_json entry = entry_of(server, section == "servers");
    (*tree)[section][server.name] = entry;
    return text_of(text, spliced_with(text, section, server.name, entry), *tree);
}

result<std::string> without_server(std::string_view text, std::string_view name) {
    auto tree = tree_of(text);
    if (!tree)
        return tree.error();
    const std::string key(name);
    const std::string section = section_of_server(*tree, key);
    if (section.empty())
        return Error(errc::server_unknown, "Server " + key + " not found in the configuration file");
    (*tree)[section].erase(key);
    const auto root = object_at(text, 0);
    const auto servers = root ? object_at(text, root->find(section)->value_begin) : std::nullopt;
    return text_of(text, servers ? without_member(text, *servers, key) : std::string(), *tree);
}

}  // namespace agenthub
