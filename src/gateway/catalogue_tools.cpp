// Reading the lists of tools.
// Owned by CallHooks.

#include "gateway/catalogue_tools.hpp"

#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"

namespace agenthub {

void CatalogueTools::read(Server& server, const Catalogue& catalogue) const {
    server.revision = catalogue.revision;
    server.tools.clear();
    const std::string* list = catalogue.list(mcp::method::tools_list);
    if (list == nullptr)
        return;
    for (const std::string_view entry : mcp::elements_of(mcp::member(*list, "tools"))) {
        const auto name = mcp::member(entry, "name");
        if (!name.starts_with('"'))
            continue;
        Tool tool;
        tool.read_only = mcp::member(mcp::member(entry, "annotations"), "readOnlyHint") == "true";
        tool.input_schema = mcp::member(entry, "inputSchema");
        server.tools.insert_or_assign(mcp::unescape(name), std::move(tool));
    }
}

std::optional<ToolFacts> CatalogueTools::find_tool(std::string_view server, std::string_view tool) {
    const Catalogue* catalogue = servers_.catalogue(server);
    if (catalogue == nullptr)
        return std::nullopt;
    auto known = known_.find(server);
    if (known == known_.end())
        known = known_.emplace(server, Server()).first;
    if (known->second.revision != catalogue->revision)
        read(known->second, *catalogue);
    const auto found = known->second.tools.find(tool);
    if (found == known->second.tools.end())
        return std::nullopt;
    return ToolFacts{found->second.read_only, found->second.input_schema};
}

}  // namespace agenthub
