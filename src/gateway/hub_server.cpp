// The built-in MCP server "hub".
// Owned by the gateway.

#include "gateway/hub_server.hpp"

#include <algorithm>

#include "base/redactor.hpp"
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
void take(std::string_view arguments, const char* name, std::optional<std::string>& out) {
    if (const auto token = mcp::member(arguments, name); token.starts_with('"'))
        out = mcp::unescape(token);
}

std::string text_argument(std::string_view arguments, const char* name) {
    std::optional<std::string> text;
    take(arguments, name, text);
    return text.value_or("");
}

template <class Number>
void take(std::string_view arguments, const char* name, Number& out) {
    if (const auto number = mcp::to_int64(mcp::member(arguments, name)))
        out = static_cast<int>(std::clamp<std::int64_t>(*number, INT32_MIN, INT32_MAX));
}

bool is_known_tool(std::string_view name) {
    return name == "list_servers" || name == "server_status" || name == "restart_server" || name == "search_activity";
}

}  // namespace

HubServer::HubServer(Supervisor& supervisor, ActivityService& activity) : supervisor_(supervisor), activity_(activity) {
    ServerInfo& info = catalogue_.info;
    info.protocol_version = mcp::traits(mcp::kNewestLegacy).name;
    info.capabilities = R"({"tools":{}})";
    info.server_info = R"({"name":"agenthub","title":"AgentHub","version":")" AGENTHUB_VERSION R"("})";
    info.instructions =
        R"("Tools about the MCP servers behind this AgentHub: list them, ask why one fails, restart it, search past calls.")";
    info.has_tools = true;
    catalogue_.lists[0] = hub_tool_list();
    catalogue_.revision = 1;
}

awaitable<result<mcp::Message>> HubServer::call(Exchange& exchange) {
    exchange.sent_at = Clock::now();
    const mcp::Message& request = exchange.request();
    auto line = co_await answer(request.method(), request.params(), request.id());
    co_return mcp::Message::parse(std::move(line));
}

awaitable<result<mcp::Message>> HubServer::request(std::string_view method, std::string_view params, Deadline) {
    auto line = co_await answer(method, params, "1");
    co_return mcp::Message::parse(std::move(line));
}

awaitable<std::string> HubServer::answer(std::string_view method, std::string_view params, std::string_view id) {
    if (method == mcp::method::tools_list)
        co_return mcp::make_response(id, hub_tool_list());
    if (method != mcp::method::tools_call)
        co_return mcp::make_error(id, mcp::code::method_not_found, "Method not found: " + std::string(method));
    const std::string name = text_argument(params, "name");
    if (!is_known_tool(name))
        co_return mcp::make_error(id, mcp::code::invalid_params, "Unknown tool: " + name);
    std::string arguments(mcp::member(params, "arguments"));
    if (arguments.empty())
        arguments = "{}";
    if (!arguments.starts_with('{'))
        co_return mcp::make_error(id, mcp::code::invalid_params, "params.arguments must be an object");
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
    ActivityQuery query;
    take(arguments, "server", query.server);
    take(arguments, "tool", query.tool);
    take(arguments, "client_id", query.client_id);
    take(arguments, "outcome", query.outcome);
    take(arguments, "request_id", query.request_id);
    take(arguments, "status_min", query.status_min);
    take(arguments, "status_max", query.status_max);
    take(arguments, "limit", query.limit);
    take(arguments, "offset", query.offset);
    const auto page = co_await activity_.query(std::move(query));
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
