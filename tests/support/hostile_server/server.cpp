// The loop of the hostile server: lines, timers, and who gets what.
// Owned by main.

#include "tests/support/hostile_server/server.hpp"

#include <poll.h>
#include <unistd.h>

#include <utility>

#include "load/raw_json.hpp"

namespace agenthub::test {

using load::raw_member;

std::string string_member(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string json_text(std::string_view text) {
    return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string text_result(std::string_view text, bool is_error) {
    std::string out = R"({"content":[{"type":"text","text":)" + json_text(text) + "}]";
    out += is_error ? R"(,"isError":true})" : "}";
    return out;
}

std::string response_line(std::string_view raw_id, std::string_view result) {
    std::string line = R"({"jsonrpc":"2.0","id":)";
    line += raw_id;
    line += R"(,"result":)";
    line += result;
    line += '}';
    return line;
}

std::int64_t Call::number(const char* key, std::int64_t fallback) const {
    const auto found = arguments.find(key);
    return found != arguments.end() && found->is_number() ? found->get<std::int64_t>() : fallback;
}

bool Call::flag(const char* key) const {
    const auto found = arguments.find(key);
    return found != arguments.end() && found->is_boolean() && found->get<bool>();
}

std::string Call::text(const char* key, const std::string& fallback) const {
    const auto found = arguments.find(key);
    return found != arguments.end() && found->is_string() ? found->get<std::string>() : fallback;
}

Server::Server(Options options, Wire& wire, Tools tools)
    : options_(std::move(options)), wire_(wire), tools_(std::move(tools)) {}

int Server::run() {
    bool open = true;
    while (open || options_.ignore_term) {
        timers_.run_due();
        if (!open || !reading_) {
            ::poll(nullptr, 0, timers_.wait_ms());
            continue;
        }
        open = wire_.wait(timers_.wait_ms()) != Wire::Input::closed;
        while (reading_) {
            const auto line = wire_.next_line();
            if (!line)
                break;
            handle_line(*line);
        }
    }
    return 0;
}

void Server::handle_line(const std::string& line) {
    const json message = json::parse(line, nullptr, false);
    if (!message.is_object())
        return stats_.saw_bad_line(line);
    const bool has_method = message.contains("method") && message["method"].is_string();
    if (has_method && message.contains("id"))
        return handle_request(line, message);
    if (has_method)
        return handle_notification(line, message);
    if (message.contains("id"))
        return handle_answer(line, message);
    stats_.saw_bad_line(line);
}

void Server::handle_request(const std::string& line, const json& message) {
    const std::string method = message["method"];
    const std::string_view raw_id = raw_member(line, "id");
    const json params = message.value("params", json::object());
    stats_.saw_request(method, line);
    if (!params.is_object())
        return answer_error(raw_id, -32602, "params must be an object");
    if (method == "server/discover")
        return discover(raw_id);
    if (is_modern() && take_modern(method, raw_id, params))
        return;
    if (method == "initialize")
        return initialize(raw_id, params);
    if (method == "tools/call")
        return call_tool(line, raw_id, params);
    if (method == "ping" && options_.no_ping)
        return;
    if (const auto result = plain_result(method, params))
        return wire_.send_line(response_line(raw_id, *result));
    answer_error(raw_id, -32601, "Method not found: " + method);
}

void Server::handle_notification(const std::string& line, const json& message) {
    stats_.saw_notification(line);
    const std::string method = message["method"];
    if (method == "notifications/cancelled") {
        const std::string id(raw_member(raw_member(line, "params"), "requestId"));
        stats_.cancelled.push_back(id);
        timers_.cancel(id);
    } else if (method == "notifications/initialized" && options_.ask_at_start) {
        const auto ignore = [](const std::string&) {};
        ask("roots/list", json::object(), true, ignore);
        ask("ping", json::object(), false, ignore);
    }
}

void Server::handle_answer(const std::string& line, const json&) {
    const auto asked = asked_.find(std::string(raw_member(line, "id")));
    stats_.saw_answer(line, asked != asked_.end());
    if (asked == asked_.end())
        return;
    const auto then = std::move(asked->second);
    asked_.erase(asked);
    then(line);
}

void Server::call_tool(const std::string& line, std::string_view raw_id, const json& params) {
    if (options_.crash_after && calls_ >= *options_.crash_after)
        ::_exit(70);
    ++calls_;
    const std::string_view raw_params = raw_member(line, "params");
    Call call;
    call.raw_id = raw_id;
    call.name = string_member(params, "name");
    if (params.contains("arguments") && params["arguments"].is_object())
        call.arguments = params["arguments"];
    if (const auto raw = raw_member(raw_params, "arguments"); !raw.empty())
        call.raw_arguments = raw;
    if (const auto token = raw_member(raw_member(raw_params, "_meta"), "progressToken"); !token.empty())
        call.raw_progress_token = token;
    call.raw_responses = raw_member(raw_params, "inputResponses");
    ++stats_.calls[call.name];
    const auto tool = tools_.find(call.name);
    if (tool == tools_.end())
        answer_error(raw_id, -32602, "Unknown tool: " + call.name);
    else
        tool->second.run(*this, call);
    if (options_.stop_reading_after && calls_ >= *options_.stop_reading_after)
        stop_reading();
}

void Server::answer(const Call& call, std::string_view result) {
    wire_.send_line(response_line(call.raw_id, result));
}

void Server::answer_text(const Call& call, std::string_view text, bool is_error) {
    answer(call, text_result(text, is_error));
}

void Server::answer_error(std::string_view raw_id, int code, std::string_view message, const json& data) {
    json error = {{"code", code}, {"message", message}};
    if (!data.is_null())
        error["data"] = data;
    wire_.send_line(R"({"jsonrpc":"2.0","id":)" + std::string(raw_id) + R"(,"error":)" + error.dump() + "}");
}

void Server::notify(std::string_view method, std::string_view params) {
    wire_.send_line(R"({"jsonrpc":"2.0","method":)" + json_text(method) + R"(,"params":)" +
                    with_listen(method, params) + "}");
}

void Server::ask(std::string_view method, const json& params, bool string_id,
                 std::function<void(const std::string&)> then) {
    const std::int64_t number = next_ask_++;
    const std::string raw_id = string_id ? json_text("ask-" + std::to_string(number)) : std::to_string(number);
    asked_[raw_id] = std::move(then);
    wire_.send_line(R"({"jsonrpc":"2.0","id":)" + raw_id + R"(,"method":)" + json_text(method) + R"(,"params":)" +
                    params.dump() + "}");
}

}  // namespace agenthub::test
