// The built-in MCP server "hub": no process, tools about AgentHub itself, so that a fresh machine has something real to
// call and an agent can ask what is wrong with its own tools, and those that call others (HubToolset).
// Owned by the gateway.

#pragma once

#include "activity/service.hpp"
#include "bridge/upstream.hpp"
#include "gateway/admin_audit.hpp"
#include "gateway/admin_documents.hpp"
#include "gateway/hub_toolset.hpp"
#include "supervisor/catalogue.hpp"
#include "supervisor/supervisor.hpp"

namespace agenthub {

inline constexpr std::string_view kHubName = "hub";

class HubServer final : public Upstream {
public:
    HubServer(Supervisor& supervisor, ActivityService& activity);

    awaitable<result<mcp::Message>> call(Exchange& exchange) override;
    // Offers these tools as well; they outlive it. Its own come first.
    void offer(HubToolset& more);
    // Restarts and pipelines are recorded there, which outlives it.
    void audit_with(AdminAudit& audit) noexcept { audit_ = &audit; }
    // What `more` offers may be something else now. True: it is.
    bool refresh();

    // Its own calls end by themselves in short order: only those of `more` are cancelled. No notification means
    // anything.
    void cancel(Exchange& exchange, std::string_view) override {
        if (more_ != nullptr)
            more_->cancel(exchange);
    }
    void notify(const mcp::Message&) override {}
    awaitable<result<mcp::Message>> request(std::string_view method, std::string_view params,
                                            Deadline deadline) override;
    const ServerInfo& info() const noexcept override { return catalogue_.info; }
    const Catalogue& catalogue() const noexcept { return catalogue_; }

private:
    // What a tool says: a document, or a sentence about what went wrong.
    using ToolResult = result<Document>;

    awaitable<result<mcp::Message>> call_more(Exchange& exchange, std::string_view params, std::string name);
    awaitable<std::string> audited_restart(Exchange& exchange, std::string_view params);
    awaitable<std::string> answer(std::string_view method, std::string_view params, std::string_view id);
    awaitable<ToolResult> call_tool(std::string name, std::string arguments);  // a JSON object
    awaitable<ToolResult> restart_server(std::string name);
    awaitable<ToolResult> search_activity(std::string arguments);
    ToolResult server_status(const std::string& name) const;
    Error unknown_server(const std::string& name) const;

    Supervisor& supervisor_;
    ActivityService& activity_;
    Catalogue catalogue_;
    AdminAudit* audit_ = nullptr;  // null: nothing is recorded, in tests
    HubToolset* more_ = nullptr;   // null: there are only its own
};

}  // namespace agenthub
