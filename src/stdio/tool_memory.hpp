// What tools/list has said of the tools that matters to a bridge: which calls may be repeated without asking, and which
// arguments header fields must repeat in the modern era.
// Pure; owned by the bridge.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mcp/message.hpp"
#include "mcp/param_headers.hpp"

namespace agenthub {

// More are not remembered; their calls are as those of unknown tools.
inline constexpr std::size_t kMaxTools = 10000;

class ToolMemory {
public:
    // `reply` answers a tools/list; each page adds to what is known.
    void learn(const mcp::Message& reply);

    // The tools have changed: what was known of them may not be so any more.
    void clear() { tools_.clear(); }

    // Doing it twice is as good as once: everything that reads, and calls of tools whose annotations say so
    // (readOnlyHint, idempotentHint).
    bool is_repeatable(const mcp::Message& request) const;

    // The fields Mcp-Param-* of a tools/call.
    std::vector<std::pair<std::string, std::string>> param_fields(const mcp::Message& call) const;

    std::size_t size() const noexcept { return tools_.size(); }

private:
    struct Tool {
        bool repeatable = false;
        mcp::ParamHeaders headers;
    };
    const Tool* find(const mcp::Message& call) const;

    std::map<std::string, Tool, std::less<>> tools_;
};

}  // namespace agenthub
