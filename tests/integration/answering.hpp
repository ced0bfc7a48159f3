// A client that answers what servers ask in the course of its calls.
// Functions without state; for the integration tests.

#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/mcp_client.hpp"

namespace agenthub::test {

inline const nlohmann::json kCanAnswer = {{"sampling", nlohmann::json::object()},
                                          {"roots", nlohmann::json::object()},
                                          {"elicitation", nlohmann::json::object()}};

// Calls the tool and answers every request on the stream of its reply with the result that `answer` gives.
inline Reply call_answering(McpClient& client, const std::string& tool, const nlohmann::json& arguments,
                            const std::function<nlohmann::json(const nlohmann::json& request)>& answer) {
    static int last_id = 1000;
    const nlohmann::json params = {{"name", tool}, {"arguments", arguments}};
    return client.post(rpc("tools/call", params, ++last_id), [&](const SseEvent& event) {
        const auto message = nlohmann::json::parse(event.data, nullptr, false);
        if (!message.is_object() || !message.contains("method") || !message.contains("id"))
            return;
        client.post(nlohmann::json({{"jsonrpc", "2.0"}, {"id", message["id"]}, {"result", answer(message)}}).dump());
    });
}

// The same, each answer naming the client that gave it.
inline Reply call_answering_as(McpClient& client, const std::string& who, const std::string& tool,
                               const nlohmann::json& arguments) {
    return call_answering(client, tool, arguments, [&](const nlohmann::json& request) {
        return nlohmann::json{{"answered_by", who}, {"method", request["method"]}};
    });
}

inline nlohmann::json stats_of(McpClient& client) {
    return client.call("stats").result()["structuredContent"];
}

}  // namespace agenthub::test
