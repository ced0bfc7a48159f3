// Who opens a legacy session, as its `initialize` introduces it.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "gateway/http_request.hpp"
#include "mcp/caller.hpp"

namespace agenthub {

// What a client may say of itself, capabilities and clientInfo together, in bytes: each session keeps it.
inline constexpr std::size_t kMaxIntroduction = 65536;

// The caller (lifecycle, "Initialization"); `version` becomes the protocolVersion that it asks for. `params` is the
// JSON text of a parsed message. errc::invalid_request: it says more than kMaxIntroduction.
result<mcp::Caller> caller_from(const HttpRequest& request, std::string_view params, std::string& version);

}  // namespace agenthub
