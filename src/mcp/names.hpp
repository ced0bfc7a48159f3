// The names of the protocol: methods and notifications, error codes, header fields.
// Pure data; the specification's own spelling.

#pragma once

#include <string_view>

namespace agenthub::mcp {

namespace method {
inline constexpr std::string_view initialize = "initialize";
inline constexpr std::string_view initialized = "notifications/initialized";
inline constexpr std::string_view ping = "ping";
inline constexpr std::string_view cancelled = "notifications/cancelled";
inline constexpr std::string_view progress = "notifications/progress";
inline constexpr std::string_view log_message = "notifications/message";
inline constexpr std::string_view set_level = "logging/setLevel";
inline constexpr std::string_view roots_changed = "notifications/roots/list_changed";
inline constexpr std::string_view tools_list = "tools/list";
inline constexpr std::string_view tools_call = "tools/call";
inline constexpr std::string_view tools_changed = "notifications/tools/list_changed";
inline constexpr std::string_view prompts_list = "prompts/list";
inline constexpr std::string_view resources_list = "resources/list";
inline constexpr std::string_view templates_list = "resources/templates/list";
inline constexpr std::string_view prompts_get = "prompts/get";
inline constexpr std::string_view prompts_changed = "notifications/prompts/list_changed";
inline constexpr std::string_view resources_read = "resources/read";
inline constexpr std::string_view resources_changed = "notifications/resources/list_changed";
inline constexpr std::string_view resource_updated = "notifications/resources/updated";
inline constexpr std::string_view subscribe = "resources/subscribe";
inline constexpr std::string_view unsubscribe = "resources/unsubscribe";
inline constexpr std::string_view complete = "completion/complete";
// What servers ask of clients.
inline constexpr std::string_view elicit = "elicitation/create";
inline constexpr std::string_view elicitation_complete = "notifications/elicitation/complete";
inline constexpr std::string_view sample = "sampling/createMessage";
inline constexpr std::string_view roots_list = "roots/list";
// The modern era's, from 2026-07-28 on.
inline constexpr std::string_view discover = "server/discover";
inline constexpr std::string_view listen = "subscriptions/listen";
inline constexpr std::string_view acknowledged = "notifications/subscriptions/acknowledged";
// The extension io.modelcontextprotocol/tasks.
inline constexpr std::string_view tasks_get = "tasks/get";
inline constexpr std::string_view tasks_update = "tasks/update";
inline constexpr std::string_view tasks_cancel = "tasks/cancel";
inline constexpr std::string_view task_status = "notifications/tasks";
}  // namespace method

namespace header {
inline constexpr std::string_view session_id = "Mcp-Session-Id";
inline constexpr std::string_view protocol_version = "MCP-Protocol-Version";
inline constexpr std::string_view last_event_id = "Last-Event-ID";
inline constexpr std::string_view method = "Mcp-Method";
inline constexpr std::string_view name = "Mcp-Name";
inline constexpr std::string_view param_prefix = "Mcp-Param-";
}  // namespace header

// Keys of _meta in the modern era, and the capability of the tasks extension. The keys of requests: era_members.hpp.
namespace meta {
inline constexpr std::string_view server_info = "io.modelcontextprotocol/serverInfo";
inline constexpr std::string_view subscription_id = "io.modelcontextprotocol/subscriptionId";
inline constexpr std::string_view tasks_extension = "io.modelcontextprotocol/tasks";
}  // namespace meta

// JSON-RPC 2.0 section 5.1, and what the official SDK uses where MCP leaves the code open.
namespace code {
inline constexpr int parse_error = -32700;
inline constexpr int invalid_request = -32600;
inline constexpr int method_not_found = -32601;
inline constexpr int invalid_params = -32602;
inline constexpr int internal_error = -32603;
inline constexpr int transport_error = -32000;    // refused by the HTTP rules: Accept, session missing, version
inline constexpr int session_not_found = -32001;  // unknown or ended session id
// The legacy era's own; never sent to modern clients.
inline constexpr int resource_not_found = -32002;
inline constexpr int url_elicitation_required = -32042;
// The modern era's own; never sent to legacy clients.
inline constexpr int header_mismatch = -32020;
inline constexpr int missing_capability = -32021;
inline constexpr int unsupported_version = -32022;
inline constexpr int first_modern = -32020;  // to last_modern: the specification's own range
inline constexpr int last_modern = -32099;
}  // namespace code

}  // namespace agenthub::mcp
