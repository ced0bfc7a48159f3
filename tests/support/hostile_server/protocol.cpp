// The well-behaved part of the hostile server: everything of the legacy revisions that is not tools/call.
// Part of Server.

#include <unistd.h>

#include <algorithm>
#include <array>

#include "tests/support/hostile_server/server.hpp"

namespace agenthub::test {
namespace {

constexpr std::array<std::string_view, 4> kRevisions = {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"};

// Unknown keywords and members on purpose: they must reach the client as they are.
constexpr std::string_view kEchoSchema =
    R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$anchor":"echo","type":"object",)"
    R"("$defs":{"n":{"type":"number","maximum":9007199254740993}},"properties":{"text":{"type":"string"}},"x-unknown":[1.0,-0]})";

std::string read_resource(const std::string& uri) {
    const json content = {{"uri", uri}, {"mimeType", "text/plain"}, {"text", "content of " + uri}};
    return json({{"contents", {content}}}).dump();
}

std::string get_prompt(const json& params) {
    const std::string arguments = params.value("arguments", json::object()).dump();
    const json message = {{"role", "user"}, {"content", {{"type", "text"}, {"text", "greet " + arguments}}}};
    json result;
    result["messages"] = json::array({message});
    return result.dump();
}

std::string complete(const json& params) {
    const std::string prefix = string_member(params.value("argument", json::object()), "value");
    const json values = json::array({prefix + "-one", prefix + "-two"});
    return json({{"completion", {{"values", values}, {"total", 2}, {"hasMore", false}}}}).dump();
}

constexpr std::string_view kResources =
    R"({"resources":[{"uri":"hostile://a","name":"a","mimeType":"text/plain"},{"uri":"hostile://b","name":"b"}]})";
constexpr std::string_view kTemplates =
    R"({"resourceTemplates":[{"uriTemplate":"hostile://item/{id}","name":"item"}]})";
constexpr std::string_view kPrompts =
    R"({"prompts":[{"name":"greet","description":"Greets","arguments":[{"name":"who","required":false}]}]})";

}  // namespace

void Server::initialize(std::string_view raw_id, const json& params) {
    stats_.initialize_params = params;
    if (options_.exit_at_initialize)
        ::_exit(*options_.exit_at_initialize);
    if (options_.silent)
        return;
    if (options_.fail_handshake)
        return answer_error(raw_id, -32603, "handshake refused on purpose");
    const std::string asked = string_member(params, "protocolVersion");
    const bool known = std::find(kRevisions.begin(), kRevisions.end(), asked) != kRevisions.end();
    const std::string version = known ? asked : std::string(kRevisions.back());

    json result;
    result["protocolVersion"] = options_.version.value_or(version);
    result["serverInfo"] = {{"name", options_.name}, {"version", "1.0.0"}};
    result["instructions"] = "Every tool of this server is a fault.";
    result["capabilities"] = {{"tools", {{"listChanged", true}}},
                              {"prompts", {{"listChanged", true}}},
                              {"resources", {{"subscribe", !options_.no_subscribe}, {"listChanged", true}}},
                              {"logging", json::object()},
                              {"completions", json::object()}};
    std::string line = response_line(raw_id, result.dump());
    const auto send = [this, reply = std::move(line)] { wire_.send_line(reply); };
    if (options_.slow_start_ms > 0)
        timers_.after(options_.slow_start_ms, std::string(raw_id), send);
    else
        send();
}

std::string Server::list_tools() const {
    std::string out = R"({"tools":[)";
    for (const auto& [name, tool] : tools_) {
        if (out.back() == '}')
            out += ',';
        out +=
            R"({"name":)" + json_text(name) + R"(,"description":)" + json_text(tool.description) + R"(,"inputSchema":)";
        out += name == "echo" ? kEchoSchema : std::string_view(R"({"type":"object"})");
        out += '}';
    }
    return out + "]}";
}

std::optional<std::string> Server::plain_result(std::string_view method, const json& params) {
    const std::string uri = string_member(params, "uri");
    if (method == "ping")
        return "{}";
    if (method == "tools/list")
        return list_tools();
    if (method == "resources/list")
        return std::string(kResources);
    if (method == "resources/templates/list")
        return std::string(kTemplates);
    if (method == "resources/read")
        return read_resource(uri);
    if (method == "prompts/list")
        return std::string(kPrompts);
    if (method == "prompts/get")
        return get_prompt(params);
    if (method == "completion/complete")
        return complete(params);
    if (method == "logging/setLevel") {
        stats_.log_level = string_member(params, "level");
        return "{}";
    }
    if (options_.no_subscribe)
        return std::nullopt;
    if (method == "resources/subscribe") {
        stats_.subscriptions.insert(uri);
        return "{}";
    }
    if (method == "resources/unsubscribe") {
        stats_.subscriptions.erase(uri);
        return "{}";
    }
    return std::nullopt;
}

}  // namespace agenthub::test
