// The built-in MCP server "hub".
// Owned by the gateway.

#include "gateway/hub_server.hpp"

#include "base/redactor.hpp"
#include "config/pipeline_plan.hpp"
#include "gateway/activity_params.hpp"
#include "gateway/hub_tools.hpp"
#include "mcp/json_members.hpp"
#include "mcp/json_text.hpp"
#include "mcp/names.hpp"
#include "mcp/replies.hpp"

namespace agenthub {
namespace {

std::string text_of(const Document& document) {
    std::string text = document.dump(-1, ' ', false, Document::error_handler_t::replace);
    redact_json(text);
    return text;
}

// A tool's outcome as tools/call wants it (server/tools, "Tool Result"): what went wrong inside a tool is a result
// with isError, so that the model sees it.
std::string tool_result(const result<Document>& outcome) {
    Document item;
    item["type"] = "text";
    item["text"] = outcome ? outcome->dump(2, ' ', false, Document::error_handler_t::replace) : outcome.error().message;
    Document out;
    out["content"] = Document::array({item});
    if (outcome)
        out["structuredContent"] = *outcome;
    out["isError"] = !outcome;
    return text_of(out);
}

// Arguments stay JSON text: a tree of what somebody sends, with as many members as fit, is put together in quadratic
// time.
std::string text_argument(std::string_view arguments, const char* name) {
    const auto token = mcp::member(arguments, name);
    return token.starts_with('"') ? mcp::unescape(token) : std::string();
}

// An argument as it would stand in a query: models write numbers as texts, and texts as numbers.
std::optional<std::string> filter_argument(std::string_view arguments, std::string_view name) {
    const auto token = mcp::member(arguments, name);
    if (token.empty() || token == "null")
        return std::nullopt;
    return token.starts_with('"') ? mcp::unescape(token) : std::string(token);
}

constexpr const char* kNoObject = "params.arguments must be an object";

std::string arguments_of(std::string_view params) {
    const std::string_view arguments = mcp::member(params, "arguments");
    return arguments.empty() ? "{}" : std::string(arguments);
}

constexpr std::string_view kRestart = "restart_server";

// Why a pipeline failed, for the audit.
std::string error_in(const result<std::string>& said) {
    if (!said)
        return said.error().message;
    return mcp::member(*said, "isError") == "true" ? "the pipeline failed; its report has more" : std::string();
}

bool is_known_tool(std::string_view name) {
    return name == "list_servers" || name == "server_status" || name == "restart_server" || name == "search_activity";
}

}  // namespace

HubServer::HubServer(Supervisor& supervisor, ActivityService& activity) : supervisor_(supervisor), activity_(activity) {
    ServerInfo& info = catalogue_.info;
    info.protocol_version = mcp::traits(mcp::kNewestLegacy).name;
    info.capabilities = R"({"tools":{"listChanged":true}})";
    info.server_info = R"({"name":"agenthub","title":"AgentHub","version":")" AGENTHUB_VERSION R"("})";
    info.instructions =
        R"("Tools about the MCP servers behind this AgentHub: list them, ask why one fails, restart it, search past calls, call many tools at once, run pipelines.")";
    info.has_tools = true;
    info.tools_change = true;
    catalogue_.lists[0] = hub_tool_list();
    catalogue_.revision = 1;
}

awaitable<result<mcp::Message>> HubServer::call(Exchange& exchange) {
    exchange.sent_at = Clock::now();
    const mcp::Message& request = exchange.request();
    std::string params(request.params());
    if (exchange.rewording != nullptr && !exchange.rewording->arguments.empty())
        params = mcp::with_member(params, "arguments", exchange.rewording->arguments);
    if (!exchange.renamed.empty())  // a view calls it otherwise
        params = mcp::with_member(params, "name", exchange.own_name);
    std::string name = request.method() == mcp::method::tools_call ? text_argument(params, "name") : std::string();
    if (more_ != nullptr && more_->has(name))
        co_return co_await call_more(exchange, params, std::move(name));
    if (audit_ != nullptr && name == kRestart) {
        auto restarted = co_await audited_restart(exchange, params);
        co_return mcp::Message::parse(std::move(restarted));
    }
    auto line = co_await answer(request.method(), params, request.id());
    co_return mcp::Message::parse(std::move(line));
}

awaitable<result<mcp::Message>> HubServer::call_more(Exchange& exchange, std::string_view params, std::string name) {
    std::string arguments = arguments_of(params);
    const std::string id(exchange.request().id());
    if (!arguments.starts_with('{'))
        co_return mcp::Message::parse(mcp::make_error(id, mcp::code::invalid_params, kNoObject));
    std::optional<AuditTicket> ticket;
    if (audit_ != nullptr && name.starts_with(kPipelineTool)) {
        std::string pipeline = name.substr(kPipelineTool.size());
        auto begun = co_await audit_->begin_tool(exchange, audit_action::pipeline_run, std::move(pipeline));
        if (!begun)
            co_return begun.error();
        ticket.emplace(std::move(*begun));
    }
    const auto said = co_await more_->call(exchange, std::move(name), std::move(arguments));
    if (ticket) {
        std::string error = error_in(said);
        co_await audit_->end_tool(std::move(*ticket), std::move(error));
    }
    if (!said)
        co_return said.error();
    co_return mcp::Message::parse(mcp::make_response(id, *said));
}

awaitable<std::string> HubServer::audited_restart(Exchange& exchange, std::string_view params) {
    const std::string id(exchange.request().id());
    std::string server = text_argument(arguments_of(params), "server");
    auto ticket = co_await audit_->begin_tool(exchange, audit_action::server_restart, server);
    if (!ticket) {
        const ToolResult refused = ticket.error();
        co_return mcp::make_response(id, tool_result(refused));
    }
    const ToolResult outcome = co_await restart_server(std::move(server));
    std::string error = outcome ? std::string() : outcome.error().message;
    co_await audit_->end_tool(std::move(*ticket), std::move(error));
    co_return mcp::make_response(id, tool_result(outcome));
}

void HubServer::offer(HubToolset& more) {
    more_ = &more;
    refresh();
}

bool HubServer::refresh() {
    std::string list(hub_tool_list());
    const std::string entries = more_ == nullptr ? std::string() : more_->entries();
    if (!entries.empty())
        list.insert(list.rfind(']'), "," + entries);
    if (list == catalogue_.lists[0])
        return false;
    catalogue_.lists[0] = std::move(list);
    ++catalogue_.revision;
    return true;
}

awaitable<result<mcp::Message>> HubServer::request(std::string_view method, std::string_view params, Deadline) {
    auto line = co_await answer(method, params, "1");
    co_return mcp::Message::parse(std::move(line));
}

awaitable<std::string> HubServer::answer(std::string_view method, std::string_view params, std::string_view id) {
    if (method == mcp::method::tools_list)
        co_return mcp::make_response(id, catalogue_.lists[0]);
    if (method != mcp::method::tools_call)
        co_return mcp::make_error(id, mcp::code::method_not_found, "Method not found: " + std::string(method));
    const std::string name = text_argument(params, "name");
    if (!is_known_tool(name))
        co_return mcp::make_error(id, mcp::code::invalid_params, "Unknown tool: " + name);
    std::string arguments = arguments_of(params);
    if (!arguments.starts_with('{'))
        co_return mcp::make_error(id, mcp::code::invalid_params, kNoObject);
    const auto outcome = co_await call_tool(name, std::move(arguments));
    co_return mcp::make_response(id, tool_result(outcome));
}

awaitable<HubServer::ToolResult> HubServer::call_tool(std::string name, std::string arguments) {
    if (name == "list_servers")
        co_return server_list_document(supervisor_);
    if (name == "search_activity")
        co_return co_await search_activity(std::move(arguments));
    std::string server = text_argument(arguments, "server");
    if (name == "server_status")
        co_return server_status(server);
    co_return co_await restart_server(std::move(server));
}

HubServer::ToolResult HubServer::server_status(const std::string& name) const {
    const ServerSlot* slot = supervisor_.find(name);
    if (slot == nullptr)
        return unknown_server(name);
    return server_document(*slot);
}

awaitable<HubServer::ToolResult> HubServer::restart_server(std::string name) {
    const auto slot = supervisor_.hold(name);
    if (slot == nullptr)
        co_return unknown_server(name);
    const auto done = co_await slot->restart();
    if (!done)
        co_return done.error();
    co_return server_document(*slot);
}

awaitable<HubServer::ToolResult> HubServer::search_activity(std::string arguments) {
    const FilterText filters = [&arguments](std::string_view name) { return filter_argument(arguments, name); };
    auto query = read_activity_query(filters, "argument");
    if (!query)
        co_return query.error();
    const auto page = co_await activity_.query(std::move(*query));
    if (!page)
        co_return page.error();
    std::string text;
    append_json(text, *page);
    co_return Document::parse(text);
}

Error HubServer::unknown_server(const std::string& name) const {
    std::string text = "no server named '" + name + "' is configured; there are:";
    for (const auto& slot : supervisor_.slots())
        text += " " + slot->name();
    if (supervisor_.slots().empty())
        text += " none";
    return {errc::server_unknown, text};
}

}  // namespace agenthub
