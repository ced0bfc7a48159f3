// Arguments of tool calls that clients repeat in header fields, because the tool's schema says "x-mcp-header" (protocol
// revision 2026-07-28, basic/transports/streamable-http, "Custom Headers from Tool Parameters").
// Values and pure functions.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "mcp/header_value.hpp"
#include "mcp/modern_request.hpp"

namespace agenthub::mcp {

enum class ParamType : std::uint8_t { string, integer, boolean, number };

struct ParamHeader {
    std::string field;              // "Mcp-Param-Region"
    std::vector<std::string> path;  // names of properties from the arguments downwards
    ParamType type = ParamType::string;
};

struct ParamHeaders {
    std::vector<ParamHeader> headers;
    // An annotation is not as it must be: no client may offer the tool over HTTP. errc::invalid_request; the sentence
    // names the place. The headers are checked all the same when a number is the only fault, else there are none.
    std::optional<Error> fault;
};

// The annotations of a tool's inputSchema, JSON text.
ParamHeaders param_headers_of(std::string_view input_schema);

// Checks one call against the tool's annotations: a field for each argument that is there, of the same value, and none
// for one that is absent or null. An argument that no field can carry (an object, an array, an integer beyond 2^53)
// needs none. `arguments` is JSON text, empty when absent.
std::optional<ModernFault> check_param_headers(const ParamHeaders& annotated, std::string_view arguments,
                                               const HeaderSource& headers);

}  // namespace agenthub::mcp
