// The result of a tool call as a person or a pipe wants it.
// Pure functions.

#pragma once

#include <string>
#include <string_view>

namespace agenthub {

struct RenderedResult {
    std::string text;       // each item ends its line; empty when the result holds nothing
    bool is_error = false;  // the tool itself reports a failure (isError)
};

// Text items as their text, other items as the JSON they came as, and structuredContent when there is no text item
// (MCP 2025-11-25, server/tools, "Tool Result"). `result`: valid JSON text of an object.
RenderedResult render_tool_result(std::string_view result);

}  // namespace agenthub
