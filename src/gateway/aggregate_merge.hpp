// Puts the lists of many servers together to those of the aggregate.
// Pure functions.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/aggregate_list.hpp"

namespace agenthub {

// The result of a list method, whole, JSON text; empty when the server has none.
struct ServerList {
    std::string_view server, result;
};

enum class NamePrefix {
    always,        // every name is SERVER__NAME
    on_collision,  // the bare name where one server alone offers it
};

// Tools or prompts (`member` of the results), by name, in the order of the servers. Entries stay as they are but for
// the name. Under on_collision a bare name is shown when it is a name to be shown without "__" in it; the full name
// leads to it too. Two that would have the same shown name are both dropped: nobody guesses. So is what has no name,
// and what a server names twice.
AggregateList merge_by_name(std::string_view member, const std::vector<ServerList>& lists, NamePrefix prefix);

// Resources ("resources", "uri") or templates ("resourceTemplates", "uriTemplate"), in the order of the servers, byte
// for byte. Of several with the same uri the first is shown, the others are dropped.
AggregateList merge_by_uri(std::string_view member, std::string_view key, const std::vector<ServerList>& lists);

// Who is to read the resource: the owner of that very uri, else the first template that matches; null when nobody is
// known.
const AggregateEntry* owner_of(std::string_view uri, const AggregateList& resources, const AggregateList& templates);

// How long, and for whom, the merged list may be kept (2026-07-28, server/utilities/caching).
struct ListLifetime {
    std::int64_t ttl_ms;
    bool is_private;
};
// The shortest of all, and private if any is; `otherwise` for the results that do not say.
ListLifetime lifetime_of(const std::vector<ServerList>& lists, ListLifetime otherwise);

}  // namespace agenthub
