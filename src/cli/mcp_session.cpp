// One legacy MCP session with one server behind the daemon.
// Owned by the call command.

#include "cli/mcp_session.hpp"

#include <nlohmann/json.hpp>

#include "cli/failure_text.hpp"
#include "cli/json_span.hpp"

namespace agenthub {
namespace {

using nlohmann::json;

// For what is only polite: the command must end soon.
constexpr std::chrono::milliseconds kFarewell{2000};

}  // namespace

McpSession::McpSession(DaemonClient& client, std::string_view server, OnLine on_line, TimeLeft time_left)
    : client_(client),
      path_("/mcp/" + path_segment(server)),
      on_line_(std::move(on_line)),
      time_left_(std::move(time_left)) {}

DaemonRequest McpSession::post(std::string body) const {
    DaemonRequest out;
    out.method = "POST";
    out.path = path_;
    out.body = std::move(body);
    out.headers.emplace_back("Accept", "application/json, text/event-stream");
    if (!session_id_.empty())
        out.headers.emplace_back("Mcp-Session-Id", session_id_);
    if (!protocol_version_.empty())
        out.headers.emplace_back("MCP-Protocol-Version", protocol_version_);
    return out;
}

result<void> McpSession::open() {
    const auto initialized = request(initialize_request(), kInitializeId);
    if (initialized.has_error())
        return initialized.error();
    const json version = json::parse(json_member(*initialized, "protocolVersion").value_or("null"));
    if (!version.is_string())
        return Error(errc::unsupported,
                     "the server names no protocol version in its answer to initialize; it speaks another protocol");
    protocol_version_ = version.get<std::string>();
    return notify(initialized_notification());
}

result<std::string> McpSession::call_tool(std::string_view tool, std::string_view arguments) {
    call_sent_ = true;
    return request(tool_call_request(tool, arguments), kToolCallId);
}

result<std::string> McpSession::request(std::string body, int id) {
    std::optional<std::string> answer;
    const auto reply = client_.send(post(std::move(body)), time_left_(),
                                    [&](std::string_view data) { return take_event(data, id, answer); });
    // A session that came about is ours to end, whatever else went wrong.
    if (reply.has_value() && !reply->session_id.empty())
        session_id_ = reply->session_id;
    if (answer)
        return result_of(*answer, id);
    if (reply.has_error())
        return reply.error();
    if (reply->ok() && reply->media_type == "text/event-stream")
        return Error(errc::io_error, "the event stream ended before the answer came");
    if (!reply->ok() || reply->media_type != "application/json")
        return describe_http_reply(*reply, client_.url());
    return result_of(reply->body, id);
}

// False when the answer is there.
bool McpSession::take_event(std::string_view data, int id, std::optional<std::string>& answer) {
    const json message = json::parse(data, nullptr, false);
    switch (kind_of(message, id)) {
        case MessageKind::answer:
        case MessageKind::failure: answer = data; return false;
        case MessageKind::notification:
            if (const auto line = notification_line(message))
                on_line_(*line);
            return true;
        case MessageKind::request: {
            // The stream being read occupies the client; the server waits for this before it goes on.
            DaemonClient another(client_.url());
            (void)another.send(post(answer_to_server(message)), kFarewell);
            return true;
        }
        case MessageKind::other: return true;
    }
    return true;
}

result<std::string> McpSession::result_of(const std::string& answer, int id) const {
    const json message = json::parse(answer, nullptr, false);
    const std::string url = client_.url().text;
    if (message.is_discarded())
        return Error(errc::io_error, "the answer of AgentHub at " + url + " is not JSON");
    switch (kind_of(message, id)) {
        case MessageKind::answer: break;
        case MessageKind::failure: return describe_rpc_error(message["error"]);
        case MessageKind::notification:
        case MessageKind::request:
        case MessageKind::other:
            return Error(errc::io_error,
                         "the answer of AgentHub at " + url + " is JSON, but not the answer to this call");
    }
    if (!message["result"].is_object())
        return Error(errc::io_error, "the result in the answer of AgentHub at " + url + " is not an object");
    return std::string(*json_member(answer, "result"));
}

result<void> McpSession::notify(std::string body) {
    const auto reply = client_.send(post(std::move(body)), time_left_());
    if (reply.has_error())
        return reply.error();
    if (!reply->ok())
        return describe_http_reply(*reply, client_.url());
    return {};
}

void McpSession::cancel(std::string_view reason) {
    (void)client_.send(post(cancelled_notification(reason)), kFarewell);
}

void McpSession::close() {
    if (session_id_.empty())
        return;
    DaemonRequest end = post({});
    end.method = "DELETE";
    (void)client_.send(end, kFarewell);
    session_id_.clear();
}

}  // namespace agenthub
