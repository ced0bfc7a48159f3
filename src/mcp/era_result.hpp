// Results between the eras: what a modern client needs beyond a legacy server's result, and a legacy client does not
// know of a modern server's (protocol revision 2026-07-28: basic, "Results"; server/utilities/caching).
// Pure functions; they add patches to a list and leave every other byte as it is.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mcp/message.hpp"
#include "mcp/patch_list.hpp"

namespace agenthub::mcp {

// The results of these methods say how long, and for whom, they may be kept.
bool is_cacheable(std::string_view method) noexcept;

struct ResultExtras {
    bool cacheable = false;        // of the request's method
    std::int64_t ttl_ms = 0;       // for cacheable ones
    bool is_private = true;        // for cacheable ones: not to be shared between callers
    std::string_view server_info;  // a JSON object; empty: not to be added
};

// For a modern client of a legacy server: adds resultType "complete", the caching members and the server's info, each
// where it is absent. A reply whose result is no object stays as it is. `scratch` is this call's alone and lives until
// the patches are applied. At most 2 patches, which compose with one of the id.
void complete_result(const Message& reply, const ResultExtras& extras, PatchList& patches, std::string& scratch);

// For a legacy client of a modern server: cuts resultType, ttlMs and cacheScope; _meta stays. At most 3 patches, which
// compose with one of the id. Of a member that stands several times only the last is cut; clients skip what they do
// not know.
void reduce_result(const Message& reply, PatchList& patches);

}  // namespace agenthub::mcp
