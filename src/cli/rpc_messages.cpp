// The JSON-RPC messages of one tool call.
// Pure functions.

#include "cli/rpc_messages.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "base/text.hpp"
#include "cli/console.hpp"

namespace agenthub {
namespace {

using nlohmann::json;

// Bytes that are not UTF-8 are replaced instead of thrown at.
std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string text_or_dump(const json& value) {
    return value.is_string() ? value.get<std::string>() : dump(value);
}

// Columns are counted in characters, as editors do.
std::string where(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::string_view in_line = before.substr(before.rfind('\n') + 1);
    const auto column = 1 + std::count_if(in_line.begin(), in_line.end(),
                                          [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

// What the parser says after "…parse error at line 1, column 2: ".
std::string complaint(const json::exception& error) {
    const std::string_view what = error.what();
    const std::size_t start = what.find(": ");
    return std::string(start == std::string_view::npos ? what : what.substr(start + 2));
}

std::string progress_line(const json& params) {
    std::string out = "progress " + dump(params.value("progress", json(0)));
    if (params.contains("total"))
        out += "/" + dump(params["total"]);
    if (params.contains("message"))
        out += ": " + text_or_dump(params["message"]);
    return out;
}

std::string log_line(const json& params) {
    std::string out = text_or_dump(params.value("level", json("log")));
    if (params.contains("logger"))
        out += " [" + text_or_dump(params["logger"]) + "]";
    return out + ": " + text_or_dump(params.value("data", json("")));
}

}  // namespace

std::string initialize_request() {
    const json request = {{"jsonrpc", "2.0"},
                          {"id", kInitializeId},
                          {"method", "initialize"},
                          {"params",
                           {{"protocolVersion", kCliProtocolVersion},
                            {"capabilities", json::object()},
                            {"clientInfo", {{"name", "agenthub-cli"}, {"version", AGENTHUB_VERSION}}}}}};
    return request.dump();
}

std::string initialized_notification() {
    return R"({"jsonrpc":"2.0","method":"notifications/initialized"})";
}

std::string tool_call_request(std::string_view tool, std::string_view arguments) {
    const std::string id = std::to_string(kToolCallId);
    std::string out = R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"tools/call","params":{"name":)";
    append_json_string(out, tool);
    out.append(R"(,"arguments":)").append(arguments);
    return out + R"(,"_meta":{"progressToken":)" + id + "}}}";
}

std::string cancelled_notification(std::string_view reason) {
    std::string out = R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" +
                      std::to_string(kToolCallId) + R"(,"reason":)";
    append_json_string(out, reason);
    return out + "}}";
}

result<std::string_view> checked_arguments(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    try {
        const json value = json::parse(text);
        if (value.is_object())
            return text;
        const std::size_t start = text.find_first_not_of(" \t\r\n");
        return Error(errc::invalid_params, "the arguments have to be a JSON object, but at " + where(text, start) +
                                               " stands " + (value.is_array() ? "an " : "a ") + value.type_name());
    } catch (const json::parse_error& error) {
        const std::size_t at = error.byte == 0 ? 0 : error.byte - 1;
        return Error(errc::invalid_params,
                     "the arguments are not JSON: " + where(text, std::min(at, text.size())) + ": " + complaint(error));
    } catch (const json::out_of_range& error) {
        return Error(errc::invalid_params, "the arguments are not JSON: " + complaint(error));
    }
}

MessageKind kind_of(const json& message, int id) {
    if (!message.is_object())
        return MessageKind::other;
    const auto its_id = message.find("id");
    const bool has_id = its_id != message.end() && !its_id->is_null();
    if (message.contains("method"))
        return has_id ? MessageKind::request : MessageKind::notification;
    const bool mine = has_id && its_id->is_number_integer() && *its_id == id;
    if (mine && message.contains("result"))
        return MessageKind::answer;
    if ((mine || !has_id) && message.contains("error"))
        return MessageKind::failure;
    return MessageKind::other;
}

std::string answer_to_server(const json& request) {
    json answer = {{"jsonrpc", "2.0"}, {"id", request["id"]}};
    if (request["method"] == "ping")
        answer["result"] = json::object();
    else
        answer["error"] = {{"code", -32601}, {"message", "agenthub call answers pings only"}};
    return dump(answer);
}

std::optional<std::string> notification_line(const json& notification) {
    const json params = notification.value("params", json::object());
    if (!params.is_object())
        return std::nullopt;
    if (notification["method"] == "notifications/progress")
        return one_line(progress_line(params));
    if (notification["method"] == "notifications/message")
        return one_line(log_line(params));
    return std::nullopt;
}

}  // namespace agenthub
