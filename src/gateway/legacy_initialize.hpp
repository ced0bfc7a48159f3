// Who opens a legacy session, as its `initialize` introduces it.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "gateway/http_request.hpp"
#include "mcp/caller.hpp"

namespace agenthub {

// The caller (lifecycle, "Initialization"); `version` becomes the protocolVersion that it asks for.
mcp::Caller caller_from(const HttpRequest& request, std::string_view params, std::string& version);

}  // namespace agenthub
