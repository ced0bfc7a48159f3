// Reading the annotations of tools.
// Owned by the modern endpoint.

#include "gateway/tool_headers.hpp"

#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"

namespace agenthub {

const mcp::ParamHeaders* ToolHeaders::of(std::string_view server, const Catalogue& catalogue, std::string_view tool) {
    auto found = servers_.find(server);
    if (found == servers_.end())
        found = servers_.emplace(server, Server()).first;
    Server& known = found->second;
    const std::string* tools_list = catalogue.list(mcp::method::tools_list);
    if (known.revision != catalogue.revision && tools_list != nullptr) {
        known.revision = catalogue.revision;
        known.tools.clear();
        for (const std::string_view entry : mcp::elements_of(mcp::member(*tools_list, "tools"))) {
            const auto name = mcp::member(entry, "name");
            auto headers = mcp::param_headers_of(mcp::member(entry, "inputSchema"));
            if (name.starts_with('"') && (!headers.headers.empty() || headers.fault))
                known.tools.insert_or_assign(mcp::unescape(name), std::move(headers));
        }
    }
    const auto annotated = known.tools.find(tool);
    return annotated == known.tools.end() ? nullptr : &annotated->second;
}

}  // namespace agenthub
