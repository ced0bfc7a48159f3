// Adding a server to a configuration's text and taking one out.
// Pure functions.

#include "config/edit.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "config/json_text.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;

// In the order in which a new server looks for its place.
constexpr std::array kSections = {"mcpServers", "servers"};
constexpr std::size_t kMaxPackage = 214 + 64;  // npm's limit of a name, and a version

result<ordered_json> tree_of(std::string_view text) {
    Findings findings;
    auto tree = parse_json_text(text, findings);
    if (!tree || !tree->is_object())
        return Error(errc::invalid_config,
                     "the configuration file is not a JSON object; `agenthub check-config` says where");
    return std::move(*tree);
}

ordered_json* section_of(ordered_json& tree, const char* name) {
    const auto found = tree.find(name);
    return found != tree.end() && found->is_object() ? &*found : nullptr;
}

// The section that has this server.
ordered_json* section_with(ordered_json& tree, const std::string& server) {
    for (const char* name : kSections)
        if (ordered_json* section = section_of(tree, name); section != nullptr && section->contains(server))
            return section;
    return nullptr;
}

ordered_json& section_for_new(ordered_json& tree) {
    for (const char* name : kSections)
        if (ordered_json* section = section_of(tree, name))
            return *section;
    tree[kSections.front()] = ordered_json::object();
    return tree[kSections.front()];
}

std::string text_of(const ordered_json& tree) {
    return tree.dump(2) + "\n";
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

bool is_registry_package(std::string_view package) noexcept {
    constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@/._~^+-";
    constexpr std::string_view kNotFirst = "-./~^+";
    return !package.empty() && package.size() <= kMaxPackage &&
           package.find_first_not_of(kAllowed) == std::string_view::npos &&
           kNotFirst.find(package.front()) == std::string_view::npos;
}

result<std::string> with_server(std::string_view text, const NewServer& server) {
    auto tree = tree_of(text);
    if (!tree)
        return tree.error();
    if (section_with(*tree, server.name) != nullptr)
        return Error(errc::invalid_request, "Server " + server.name + " already exists");
    ordered_json entry;
    entry["command"] = "npx";
    entry["args"] = {"-y", server.package};
    entry["package"] = server.package;
    entry["auto_start"] = server.auto_start;
    entry["description"] = server.description;
    section_for_new(*tree)[server.name] = std::move(entry);
    return text_of(*tree);
}

result<std::string> without_server(std::string_view text, std::string_view name) {
    auto tree = tree_of(text);
    if (!tree)
        return tree.error();
    const std::string key(name);
    ordered_json* section = section_with(*tree, key);
    if (section == nullptr)
        return Error(errc::server_unknown, "Server " + key + " not found in the configuration file");
    section->erase(key);
    return text_of(*tree);
}

bool has_comments(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    return !std::all_of(text.begin(), text.end(), is_blank) && !ordered_json::accept(text);
}

}  // namespace agenthub
