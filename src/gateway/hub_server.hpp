// The built-in MCP server "hub": no process, four tools about AgentHub itself, so that a fresh machine has something
// real to call and an agent can ask what is wrong with its own tools.
// Owned by the gateway.

#pragma once

#include "activity/service.hpp"
#include "bridge/upstream.hpp"
#include "gateway/admin_documents.hpp"
#include "supervisor/catalogue.hpp"
#include "supervisor/supervisor.hpp"

namespace agenthub {

inline constexpr std::string_view kHubName = "hub";

class HubServer final : public Upstream {
public:
    HubServer(Supervisor& supervisor, ActivityService& activity);

    awaitable<result<mcp::Message>> call(Exchange& exchange) override;
    // Its calls end by themselves in short order; there is nothing to cancel, and no notification means anything.
    void cancel(Exchange&, std::string_view) override {}
    void notify(const mcp::Message&) override {}
    awaitable<result<mcp::Message>> request(std::string_view method, std::string_view params,
                                            Deadline deadline) override;
    const ServerInfo& info() const noexcept override { return catalogue_.info; }
    const Catalogue& catalogue() const noexcept { return catalogue_; }

private:
    // What a tool says: a document, or a sentence about what went wrong.
    using ToolResult = result<Document>;

    awaitable<std::string> answer(std::string_view method, std::string_view params, std::string_view id);
    awaitable<ToolResult> call_tool(std::string name, std::string arguments);  // a JSON object
    awaitable<ToolResult> restart_server(std::string name);
    awaitable<ToolResult> search_activity(std::string arguments);
    ToolResult server_status(const std::string& name) const;
    Error unknown_server(const std::string& name) const;

    Supervisor& supervisor_;
    ActivityService& activity_;
    Catalogue catalogue_;
};

}  // namespace agenthub
