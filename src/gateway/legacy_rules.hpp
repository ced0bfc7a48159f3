// What a legacy request's HTTP header must say (transports of 2025-03-26 … 2025-11-25).
// Pure functions.

#pragma once

#include <optional>
#include <string_view>

#include "gateway/http_request.hpp"
#include "mcp/revision.hpp"

namespace agenthub {

// True when the Accept field allows `type` ("application/json"): the closest of itself, its kind ("application/*") and
// */* that it names decides, and q=0 forbids. An absent field allows everything (RFC 9110 section 12.5.1).
bool accepts(std::string_view accept, std::string_view type);

// True when the Content-Type field names `type`, parameters aside.
bool is_media_type(std::string_view content_type, std::string_view type);

// 406 and 415 of a POST, 406 of a GET; nullopt when the header is fine. A POST that is not answered where it was sent
// need not accept anything.
std::optional<HttpReply> refuse_media_types(const HttpRequest& request, bool answers = true);

// The revision of a request in a session that negotiated `negotiated`: its MCP-Protocol-Version field where there is
// one. nullopt when the field names a revision that is not served here: 400 (transports, "Protocol Version Header").
std::optional<mcp::Revision> revision_of_request(const HttpRequest& request, mcp::Revision negotiated);

// The 400 for such a request.
HttpReply unsupported_version_reply(const HttpRequest& request);

}  // namespace agenthub
