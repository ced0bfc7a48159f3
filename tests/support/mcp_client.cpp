// Speaks MCP over cpp-httplib and keeps everything that came back.
// Owned by the test.

#include "tests/support/mcp_client.hpp"

#include <utility>

#include "tests/support/event_stream.hpp"

namespace agenthub::test {
namespace {

using nlohmann::json;

void add_message(std::vector<json>& messages, const std::string& text) {
    json message = json::parse(text, nullptr, false);
    if (message.is_array()) {
        for (auto& one : message)
            messages.push_back(std::move(one));
    } else if (!message.is_discarded()) {
        messages.push_back(std::move(message));
    }
}

json tool_params(const std::string& tool, const json& arguments, const json& meta) {
    json params = {{"name", tool}, {"arguments", arguments}};
    if (!meta.is_null())
        params["_meta"] = meta;
    return params;
}

}  // namespace

std::string rpc(const std::string& method, const json& params, const json& id) {
    json message = {{"jsonrpc", "2.0"}, {"method", method}};
    if (!id.is_null())
        message["id"] = id;
    if (!params.is_null())
        message["params"] = params;
    return message.dump();
}

std::string Reply::header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
}

const json& Reply::response() const {
    static const json none(json::value_t::discarded);
    for (const auto& message : messages) {
        if (message.is_object() && (message.contains("result") || message.contains("error")))
            return message;
    }
    return none;
}

json Reply::member(const char* name) const {
    const json& message = response();
    return message.is_object() ? message.value(name, json()) : json();
}

std::string Reply::text() const {
    const json found = result();
    const json::json_pointer place("/content/0/text");
    return found.is_object() && found.contains(place) ? found.at(place).get<std::string>() : std::string();
}

std::vector<json> Reply::unasked() const {
    std::vector<json> out = messages;
    std::erase_if(out, [](const json& message) { return !message.is_object() || !message.contains("method"); });
    return out;
}

McpClient::McpClient(int port, const std::string& server) : path("/mcp/" + server), port_(port) {}

Reply McpClient::initialize(const std::string& asked, const json& capabilities, const std::string& client_name) {
    const json params = {{"protocolVersion", asked},
                         {"capabilities", capabilities},
                         {"clientInfo", {{"name", client_name}, {"version", "1.0"}}}};
    session_id.clear();
    version.clear();
    Reply reply = request("initialize", params);
    if (reply.status != 200 || !reply.result().is_object())
        return reply;
    session_id = reply.header("Mcp-Session-Id");
    version = reply.result().value("protocolVersion", "");
    notify("notifications/initialized");
    return reply;
}

Reply McpClient::call(const std::string& tool, const json& arguments, const json& meta) {
    return request("tools/call", tool_params(tool, arguments, meta));
}

std::future<Reply> McpClient::call_later(const std::string& tool, const json& arguments, const json& meta) {
    return std::async(std::launch::async, [this, tool, arguments, meta] { return call(tool, arguments, meta); });
}

Reply McpClient::request(const std::string& method, const json& params, json id) {
    if (id.is_null())
        id = next_id_++;
    return post(rpc(method, params, id));
}

Reply McpClient::notify(const std::string& method, const json& params) {
    return post(rpc(method, params, nullptr));
}

Reply McpClient::post(const std::string& body, const std::function<void(const SseEvent&)>& on_event) {
    auto fields = protocol_headers();
    fields.emplace("Content-Type", "application/json");
    fields.emplace("Accept", "application/json, text/event-stream");
    return send("POST", body, std::move(fields), on_event);
}

Reply McpClient::end_session() {
    return send("DELETE", "", protocol_headers());
}

httplib::Headers McpClient::protocol_headers() const {
    httplib::Headers fields = headers;
    if (!session_id.empty())
        fields.emplace("Mcp-Session-Id", session_id);
    if (!version.empty())
        fields.emplace("MCP-Protocol-Version", version);
    return fields;
}

Reply McpClient::send(const std::string& method, const std::string& body, httplib::Headers fields,
                      const std::function<void(const SseEvent&)>& on_event) {
    httplib::Client client("127.0.0.1", port_);
    client.set_read_timeout(timeout);
    Reply reply;
    SseParser parser;
    httplib::Request request;
    request.method = method;
    request.path = path;
    request.headers = std::move(fields);
    request.body = body;
    request.response_handler = [&](const httplib::Response& response) {
        reply.headers = response.headers;
        return true;
    };
    request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
        reply.body.append(data, size);
        if (!reply.is_stream())
            return true;
        for (auto& event : parser.feed({data, size})) {
            add_message(reply.messages, event.data);
            if (on_event)
                on_event(event);
            reply.events.push_back(std::move(event));
        }
        return true;
    };
    httplib::Response response;
    httplib::Error error = httplib::Error::Success;
    if (!client.send(request, response, error)) {
        reply.error = httplib::to_string(error);
        return reply;
    }
    reply.status = response.status;
    reply.headers = response.headers;
    if (!reply.is_stream())
        add_message(reply.messages, reply.body);
    return reply;
}

std::unique_ptr<EventStream> McpClient::get_stream(const std::string& last_event_id) {
    auto fields = protocol_headers();
    fields.emplace("Accept", "text/event-stream");
    if (!last_event_id.empty())
        fields.emplace("Last-Event-ID", last_event_id);
    return std::make_unique<EventStream>(port_, path, std::move(fields));
}

}  // namespace agenthub::test
