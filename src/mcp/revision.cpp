// Looking up and negotiating revisions.
// Pure functions.

#include "mcp/revision.hpp"

namespace agenthub::mcp {

std::optional<Revision> revision_of(std::string_view name) noexcept {
    for (const auto& row : kRevisions)
        if (row.name == name)
            return row.revision;
    return std::nullopt;
}

Revision negotiate_legacy(std::string_view requested) noexcept {
    const auto known = revision_of(requested);
    return known && traits(*known).legacy ? *known : kNewestLegacy;
}

}  // namespace agenthub::mcp
