// The modern era's members of a request's _meta: taken out in front of a legacy server, put in in front of a modern
// one (protocol revision 2026-07-28, basic, "_meta").
// Pure functions; they add patches to a list and leave every other byte as it is.

#pragma once

#include <string>
#include <string_view>

#include "mcp/message.hpp"
#include "mcp/patch_list.hpp"

namespace agenthub::mcp {

// Cuts protocolVersion, clientInfo, clientCapabilities and logLevel out of params._meta; the progress token, trace
// context and foreign keys stay. Composes with patches of the id, the progress token, the method, the name and the uri.
// At most 4 patches.
void strip_modern_meta(const Message& request, PatchList& patches);

// Puts `members` (of modern_meta, or alike: members of a JSON object without its braces, not empty) in front of
// params._meta, and makes that, or params, where there is none. What a client wrote under the four names itself is
// cut. `scratch` is this call's alone and lives until the patches are applied. Composes as above; at most 5 patches.
void put_modern_meta(const Message& request, std::string_view members, PatchList& patches, std::string& scratch);

// The members of a request of revision 2026-07-28. `capabilities` and `client_info` are JSON objects, `log_level` a
// plain name; client_info and log_level are left out when empty.
std::string modern_meta(std::string_view capabilities, std::string_view client_info, std::string_view log_level);

}  // namespace agenthub::mcp
