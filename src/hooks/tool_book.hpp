// What servers say of their tools, as far as hooks need it. Implemented by whoever knows the servers' catalogues.
// An interface.

#pragma once

#include <optional>
#include <string_view>

namespace agenthub {

struct ToolFacts {
    bool read_only = false;         // annotations.readOnlyHint is true
    std::string_view input_schema;  // JSON text; empty: none
};

class ToolBook {
public:
    virtual ~ToolBook() = default;
    // nullopt: the server, or the tool, is not known. Valid until the next call.
    virtual std::optional<ToolFacts> find_tool(std::string_view server, std::string_view tool) = 0;
};

}  // namespace agenthub
