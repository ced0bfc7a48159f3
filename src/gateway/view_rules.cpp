// Views of the aggregate.
// Pure functions.

#include "gateway/view_rules.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/text.hpp"
#include "mcp/json_members.hpp"

namespace agenthub {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Looked up by the shown name first.
const std::string* value_for(const Pairs& pairs, const AggregateEntry& entry) {
    for (const std::string& name : {entry.key, entry.alias}) {
        const auto found =
            std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == name; });
        if (!name.empty() && found != pairs.end())
            return &found->second;
    }
    return nullptr;
}

void set_text(AggregateEntry& entry, std::string_view member, std::string_view plain) {
    std::string json;
    append_json_string(json, plain);
    entry.text = mcp::with_member(entry.text, member, json);
}

struct Named {
    AggregateEntry entry;
    bool renamed;
};

std::vector<Named> chosen(const AggregateList& tools, const ViewConfig& view) {
    std::vector<Named> out;
    for (const AggregateEntry& entry : tools.entries()) {
        if (!shows_server(view, entry.server) || !shows_tool(view, entry.key, entry.alias))
            continue;
        Named named{entry, false};
        if (const std::string* name = value_for(view.rename, entry); name != nullptr && *name != entry.key) {
            named.entry.key = *name;
            named.entry.alias.clear();
            named.renamed = true;
            set_text(named.entry, "name", *name);
        }
        out.push_back(std::move(named));
    }
    return out;
}

}  // namespace

AggregateList view_of_tools(const AggregateList& tools, const ViewConfig& view) {
    std::vector<Named> all = chosen(tools, view);
    std::unordered_map<std::string, int> given;  // names that were given here: how often
    for (const Named& named : all)
        if (named.renamed)
            ++given[named.entry.key];
    std::vector<AggregateEntry> entries;
    std::vector<std::string> dropped;
    for (Named& named : all) {
        const auto taken = given.find(named.entry.key);
        const bool keeps = taken == given.end() || (named.renamed && taken->second == 1);
        if (!keeps) {
            dropped.push_back("\"" + clip(named.entry.own, 120) + "\" of server \"" + named.entry.server +
                              "\" is not shown in view \"" + view.name + "\": another tool is renamed to \"" +
                              named.entry.key + "\" there");
            continue;
        }
        if (const std::string* text = value_for(view.describe, named.entry))
            set_text(named.entry, "description", *text);
        entries.push_back(std::move(named.entry));
    }
    return {std::move(entries), std::move(dropped)};
}

AggregateList view_of_servers(const AggregateList& list, const ViewConfig& view) {
    std::vector<AggregateEntry> entries;
    std::copy_if(list.entries().begin(), list.entries().end(), std::back_inserter(entries),
                 [&](const AggregateEntry& entry) { return shows_server(view, entry.server); });
    return {std::move(entries), {}};
}

}  // namespace agenthub
