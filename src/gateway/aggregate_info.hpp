// What the aggregate says of itself in a handshake, put together from what its servers say.
// Pure functions.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace agenthub {

struct ServerWords {
    std::string_view server;        // its name
    std::string_view capabilities;  // JSON object; empty while it is not known yet
    std::string_view instructions;  // JSON text of the string; empty when absent
    bool has_tasks = false;         // the extension of the modern era
};

// The union of what can be served for many: tools, prompts and resources, each with listChanged because AgentHub itself
// tells of changes; resources.subscribe, completions and logging where any server has them. A server that is not known
// yet may come to offer any list, so all three are declared. Of extensions there is io.modelcontextprotocol/tasks,
// whose ids lead back to their servers; what else belongs to one server alone (experimental, core tasks) is left out.
// JSON text.
std::string aggregate_capabilities(const std::vector<ServerWords>& servers);

// The servers' instructions, each under its name as a heading; JSON text of the string, empty when there are none.
std::string aggregate_instructions(const std::vector<ServerWords>& servers);

}  // namespace agenthub
