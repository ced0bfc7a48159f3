// The released revisions of MCP and what each may do: the one table that era rules are read from.
// Pure data.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace agenthub::mcp {

enum class Revision : std::uint8_t { r2024_11_05, r2025_03_26, r2025_06_18, r2025_11_25, r2026_07_28 };

// One row per revision, oldest first.
struct RevisionTraits {
    Revision revision;
    std::string_view name;   // as it stands in protocolVersion
    bool legacy;             // initialize and sessions; the modern era carries everything per request
    bool streamable_http;    // one endpoint; 2024-11-05 has HTTP+SSE instead
    bool batches;            // a POST body may be an array of messages
    bool version_header;     // MCP-Protocol-Version is sent after initialize
    bool priming_event;      // an SSE stream opens with an event id and empty data, and names a retry time
    bool structured_output;  // tools/call results may carry structuredContent, resource_link and title fields
    bool audio;              // content of type audio exists
};

inline constexpr std::array<RevisionTraits, 5> kRevisions{{
    {Revision::r2024_11_05, "2024-11-05", true, false, false, false, false, false, false},
    {Revision::r2025_03_26, "2025-03-26", true, true, true, false, false, false, true},
    {Revision::r2025_06_18, "2025-06-18", true, true, false, true, false, true, true},
    {Revision::r2025_11_25, "2025-11-25", true, true, false, true, true, true, true},
    {Revision::r2026_07_28, "2026-07-28", false, true, false, true, false, true, true},
}};

// The newest revision that is opened by initialize; what we offer to servers and answer to unknown requests.
inline constexpr Revision kNewestLegacy = Revision::r2025_11_25;

// What a Streamable HTTP request without version header and without session speaks (2025-06-18 transports).
inline constexpr Revision kAssumedOverHttp = Revision::r2025_03_26;

constexpr const RevisionTraits& traits(Revision revision) noexcept {
    return kRevisions[static_cast<std::size_t>(revision)];
}

// The revision of that name; nullopt when no released revision has it.
std::optional<Revision> revision_of(std::string_view name) noexcept;

// What to answer to `initialize` (lifecycle, "Version Negotiation"): the version asked for when we serve it over the
// legacy handshake, else the newest that we do.
Revision negotiate_legacy(std::string_view requested) noexcept;

}  // namespace agenthub::mcp
