// The sections "aggregate" and "views".
// Pure functions; each borrows the root's reader.

#include "config/aggregate_sections.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

#include "config/wording.hpp"

namespace agenthub {
namespace {

using nlohmann::ordered_json;
using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMaxName = 64;  // what every client known takes for a tool's name
constexpr std::string_view kNameChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kMaxName && text.find_first_not_of(kNameChars) == std::string_view::npos;
}

constexpr const char* kNameRule = R"(; allowed: 1 to 64 letters, digits, "_" and "-")";

// The members of an object of strings.
Pairs read_pairs(ObjectReader& view, std::string_view key, Findings& findings) {
    Pairs out;
    const ordered_json* section = view.section(key);
    if (section == nullptr)
        return out;
    for (const auto& [name, value] : section->items())
        if (auto text = string_at(value, child_path(view.path_of(key), name), findings.faults))
            out.emplace_back(name, std::move(*text));
    return out;
}

const std::string* found_in(const Pairs& pairs, const std::string& first) {
    const auto at = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == first; });
    return at == pairs.end() ? nullptr : &at->second;
}

void check_servers(const ViewConfig& view, const Config& config, const std::string& path, Findings& findings) {
    for (std::size_t i = 0; i < view.servers.size(); ++i) {
        const auto same = [&](const ServerConfig& server) { return server.name == view.servers[i]; };
        if (std::none_of(config.servers.begin(), config.servers.end(), same))
            findings.warnings.push_back(
                {element_path(path, i), "no server " + in_quotes(view.servers[i]) + " is configured: nothing to show"});
    }
}

void check_patterns(const ViewConfig& view, const std::string& path, Findings& findings) {
    for (std::size_t i = 0; i < view.tools.size(); ++i) {
        const std::string& pattern = view.tools[i];
        if (pattern.empty() || pattern == "!")
            findings.faults.push_back(
                {element_path(path, i),
                 "found " + in_quotes(pattern) + R"(; allowed: a pattern as "github__*" or "!*delete*")"});
        else if (std::find(view.tools.begin(), view.tools.end(), "!" + pattern) != view.tools.end())
            findings.faults.push_back({element_path(path, i), "the pattern " + in_quotes(pattern) +
                                                                  " is shown here and hidden elsewhere in the list; "
                                                                  "allowed: one of them"});
    }
}

// As far as the name alone tells: with on_collision a pattern may match the other of a tool's two names.
bool hides(const ViewConfig& view, const std::string& name, const Config& config) {
    if (config.aggregate.prefix == "always")
        return !shows_tool(view, name);
    ViewConfig open = view;
    open.tools.insert(open.tools.begin(), "*");
    return !shows_tool(open, name);
}

void check_rename(const ViewConfig& view, const Config& config, const std::string& path, Findings& findings) {
    for (std::size_t i = 0; i < view.rename.size(); ++i) {
        const auto& [old_name, name] = view.rename[i];
        const std::string at = child_path(path, old_name);
        const auto taken = [&](const auto& pair) { return pair.second == name; };
        if (!is_name(name))
            findings.faults.push_back({at, "found the name " + in_quotes(name) + kNameRule});
        else if (std::any_of(view.rename.begin(), view.rename.begin() + static_cast<std::ptrdiff_t>(i), taken))
            findings.faults.push_back({at, "another tool is renamed to " + in_quotes(name) + " too"});
        if (hides(view, old_name, config))
            findings.faults.push_back({at, R"("tools" hides it; allowed: to rename what is shown)"});
    }
}

void check_describe(const ViewConfig& view, const Config& config, const std::string& path, Findings& findings) {
    for (const auto& [name, text] : view.describe) {
        const auto becomes = [&name](const auto& pair) { return pair.second == name; };
        const bool renamed = std::any_of(view.rename.begin(), view.rename.end(), becomes);
        const std::string* next = found_in(view.rename, name);
        if (!renamed && next != nullptr)
            findings.faults.push_back(
                {child_path(path, name), "the tool is renamed; describe it as " + in_quotes(*next)});
        else if (!renamed && hides(view, name, config))
            findings.faults.push_back(
                {child_path(path, name), R"("tools" hides it; allowed: to describe what is shown)"});
    }
}

ViewConfig read_view(const std::string& name, const ordered_json& entry, const std::string& path, const Config& config,
                     Findings& findings) {
    ViewConfig view;
    view.name = name;
    if (!is_name(name))
        findings.faults.push_back({path, "found the name of a view " + in_quotes(name) + kNameRule});
    if (!entry.is_object()) {
        findings.faults.push_back({path, refusal(entry, R"(an object as {"servers": ["github"]})")});
        return view;
    }
    ObjectReader reader(entry, path, findings);
    reader.read("servers", view.servers);
    reader.read("tools", view.tools);
    view.rename = read_pairs(reader, "rename", findings);
    view.describe = read_pairs(reader, "describe", findings);
    reader.warn_unknown();
    // None would read as all: a list that was emptied must not show more.
    if (const auto given = entry.find("servers"); given != entry.end() && given->is_array() && given->empty())
        findings.faults.push_back(
            {reader.path_of("servers"), "found no server; allowed: one or more, or no \"servers\" for all of them"});
    check_servers(view, config, reader.path_of("servers"), findings);
    check_patterns(view, reader.path_of("tools"), findings);
    check_rename(view, config, reader.path_of("rename"), findings);
    check_describe(view, config, reader.path_of("describe"), findings);
    return view;
}

}  // namespace

void read_aggregate(ObjectReader& root, Findings& findings, AggregateConfig& aggregate) {
    const ordered_json* section = root.section("aggregate");
    if (section == nullptr)
        return;
    ObjectReader reader(*section, root.path_of("aggregate"), findings);
    reader.read("enabled", aggregate.enabled);
    reader.read_choice("prefix", aggregate.prefix, {"always", "on_collision"});
    reader.read("page_size", aggregate.page_size, IntegerRange{1, 10000});
    reader.warn_unknown();
}

void read_views(ObjectReader& root, Findings& findings, Config& config) {
    const ordered_json* section = root.section("views");
    if (section == nullptr)
        return;
    for (const auto& [name, entry] : section->items())
        if (!name.starts_with('_'))
            config.views.push_back(read_view(name, entry, child_path(root.path_of("views"), name), config, findings));
}

}  // namespace agenthub
