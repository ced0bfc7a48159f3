// Merging lists.
// Pure functions.

#include "gateway/aggregate_merge.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.hpp"
#include "gateway/aggregate_names.hpp"
#include "gateway/uri_template.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"

namespace agenthub {
namespace {

std::string quoted(std::string_view text) {
    return "\"" + clip(text, 120) + "\"";
}

// Where an entry comes from.
std::string of(const AggregateEntry& entry) {
    return quoted(entry.own) + " of server " + quoted(entry.server);
}

// The entries of all lists, each once per server, with `own` and `text` as their servers have them.
std::vector<AggregateEntry> collect(std::string_view member, std::string_view key, const std::vector<ServerList>& lists,
                                    std::vector<std::string>& dropped) {
    std::vector<AggregateEntry> out;
    for (const ServerList& list : lists) {
        std::unordered_set<std::string> seen;
        for (const std::string_view text : mcp::elements_of(mcp::member(list.result, member))) {
            const std::string_view value = mcp::member(text, key);
            if (!value.starts_with('"')) {
                dropped.push_back("an entry of the " + std::string(member) + " of server " + quoted(list.server) +
                                  " has no " + std::string(key));
                continue;
            }
            AggregateEntry entry{{}, {}, std::string(list.server), mcp::unescape(value), std::string(text)};
            if (seen.insert(entry.own).second)
                out.push_back(std::move(entry));
            else
                dropped.push_back(of(entry) + " stands twice in its " + std::string(member));
        }
    }
    return out;
}

using Counts = std::unordered_map<std::string, int>;

void name_all(std::vector<AggregateEntry>& entries, NamePrefix prefix) {
    Counts offered;
    for (const AggregateEntry& entry : entries)
        ++offered[entry.own];
    for (AggregateEntry& entry : entries) {
        entry.key = aggregate_name(entry.server, entry.own);
        if (prefix == NamePrefix::always || offered[entry.own] > 1 || !is_shown_name(entry.own) ||
            entry.own.find("__") != std::string::npos)
            continue;
        entry.alias = std::exchange(entry.key, entry.own);
    }
}

}  // namespace

AggregateList merge_by_name(std::string_view member, const std::vector<ServerList>& lists, NamePrefix prefix) {
    std::vector<std::string> dropped;
    std::vector<AggregateEntry> entries = collect(member, "name", lists, dropped);
    name_all(entries, prefix);
    Counts shown;
    for (const AggregateEntry& entry : entries)
        ++shown[entry.key];
    std::erase_if(entries, [&](const AggregateEntry& entry) {
        const bool ambiguous = shown[entry.key] > 1;
        if (ambiguous)
            dropped.push_back(of(entry) + " is not shown: another would have the name " + quoted(entry.key) +
                              " too; rename one of the servers");
        return ambiguous;
    });
    for (AggregateEntry& entry : entries)
        if (entry.key != entry.own) {
            std::string name;
            append_json_string(name, entry.key);
            entry.text = mcp::with_member(entry.text, "name", name);
        }
    return {std::move(entries), std::move(dropped)};
}

AggregateList merge_by_uri(std::string_view member, std::string_view key, const std::vector<ServerList>& lists) {
    std::vector<std::string> dropped;
    std::vector<AggregateEntry> entries = collect(member, key, lists, dropped);
    std::unordered_map<std::string, std::string> owners;
    std::erase_if(entries, [&](AggregateEntry& entry) {
        const auto [owner, first] = owners.emplace(entry.own, entry.server);
        if (!first)
            dropped.push_back(of(entry) + " is not shown: server " + quoted(owner->second) +
                              ", which comes first in the configuration, has it too");
        return !first;
    });
    for (AggregateEntry& entry : entries)
        entry.key = entry.own;
    return {std::move(entries), std::move(dropped)};
}

const AggregateEntry* owner_of(std::string_view uri, const AggregateList& resources, const AggregateList& templates) {
    if (const AggregateEntry* exact = resources.find(uri))
        return exact;
    const auto& all = templates.entries();
    const auto found =
        std::find_if(all.begin(), all.end(), [uri](const auto& entry) { return matches_uri_template(entry.own, uri); });
    return found == all.end() ? nullptr : &*found;
}

ListLifetime lifetime_of(const std::vector<ServerList>& lists, ListLifetime otherwise) {
    std::optional<ListLifetime> out;
    for (const ServerList& list : lists) {
        const std::string_view scope = mcp::member(list.result, "cacheScope");
        const auto ttl = mcp::to_int64(mcp::member(list.result, "ttlMs")).value_or(otherwise.ttl_ms);
        const bool is_private = scope.starts_with('"') ? !mcp::spells(scope, "public") : otherwise.is_private;
        if (!out)
            out = ListLifetime{ttl, is_private};
        out->ttl_ms = std::max<std::int64_t>(0, std::min(out->ttl_ms, ttl));
        out->is_private = out->is_private || is_private;
    }
    return out.value_or(otherwise);
}

}  // namespace agenthub
